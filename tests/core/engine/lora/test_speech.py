"""Text that is spoken while it is made: whole characters, nothing after a stop text, nothing twice."""

import pytest

from core.engine.lora.speech import Speech


def spoken(text: str, *stops: str, size: int = 1) -> tuple[list[str], bool]:
    """A text heard as tokens of so many bytes."""
    data = text.encode("utf-8")
    tokens = [data[at : at + size] for at in range(0, len(data), size)]
    speech = Speech(lambda ids: b"".join(tokens[at] for at in ids).decode("utf-8", "replace"), stops)
    pieces = []
    for at in range(len(tokens)):
        pieces.append(speech.hear(at))
        if speech.stopped:
            break
    return [piece for piece in [*pieces, speech.rest()] if piece], speech.stopped


@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
@pytest.mark.parametrize("text", ["Plain words.", "Größe: 7 €", "早上好 👩‍🚀!", " leading and trailing "])
def test_the_pieces_are_the_text_however_it_is_cut(text: str, size: int) -> None:
    pieces, stopped = spoken(text, size=size)

    assert "".join(pieces) == text
    assert not stopped
    assert not any("\ufffd" in piece for piece in pieces)


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_nothing_is_said_from_a_stop_text_on(size: int) -> None:
    pieces, stopped = spoken("One. Two.\n\nUser: three", "\n\nUser:", "zebra", size=size)

    assert "".join(pieces) == "One. Two."
    assert stopped


def test_what_might_have_become_a_stop_text_is_said_once_it_does_not() -> None:
    pieces, stopped = spoken("aab aabb aaab", "aabbb")

    assert "".join(pieces) == "aab aabb aaab"
    assert not stopped


def test_the_stop_text_that_comes_first_counts() -> None:
    assert spoken("say it now or later", "later", "now", size=50) == (["say it "], True)


def test_a_character_that_stays_torn_is_shown_as_torn() -> None:
    speech = Speech(lambda ids: (b"a" * (0 in ids) + b"\xe2" * (1 in ids)).decode("utf-8", "replace"))

    assert [speech.hear(0), speech.hear(1), speech.rest()] == ["a", "", "\ufffd"]
