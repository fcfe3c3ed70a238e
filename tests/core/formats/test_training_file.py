"""Chat training files: read strictly, every problem with its line and field, written back the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formats.conversation import Example, Message, example
from core.formats.training_file import ParsedFile, parse_chat_file, write_chat_file

GOOD = '{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}'

texts = st.text(st.characters(exclude_categories=["Cs"]))
told = texts.filter(lambda text: bool(text.strip()))


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """Any conversation that ends with a learned reply to a question."""
    system = (
        [Message(draw(st.sampled_from(["system", "developer"])), draw(texts))] if draw(st.booleans()) else []
    )
    before = [
        message
        for question, reply in draw(st.lists(st.tuples(texts, texts), max_size=3))
        for message in (
            Message("user", question, name=draw(st.none() | told)),
            Message("assistant", reply, weight=draw(st.sampled_from([None, 0, 1]))),
        )
    ]
    last = Message("assistant", draw(told), weight=draw(st.sampled_from([None, 1])))
    return Example((*system, *before, Message("user", draw(told)), last))


@given(st.lists(examples(), max_size=5))
def test_what_is_written_reads_back_the_same(made: list[Example]) -> None:
    data = write_chat_file(made)
    parsed = parse_chat_file(data)

    assert parsed.problems == ()
    assert [found.example for found in parsed.examples] == made
    assert [found.line for found in parsed.examples] == list(range(1, len(made) + 1))
    assert write_chat_file(found.example for found in parsed.examples) == data


@given(st.binary())
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    parsed = parse_chat_file(data)

    assert all(problem.line >= 1 and problem.reason.endswith(".") for problem in parsed.problems)


def test_a_written_file_is_one_line_an_example_in_plain_utf8() -> None:
    data = write_chat_file([example("¿Dónde?", "Aquí,\n«allí»", "Sé amable"), example("a", "b")])

    assert data.decode("utf-8").count("\n") == 2
    assert "¿Dónde?" in data.decode("utf-8")
    assert data.endswith(b"}\n")


def test_an_example_knows_its_question_reply_and_instructions() -> None:
    turns = (
        Message("system", "Be kind."),
        Message("user", "Hi"),
        Message("assistant", "Hello", weight=0),
        Message("user", "Where?"),
        Message("assistant", "Here."),
    )

    assert Example(turns).question == "Where?"
    assert Example(turns).reply == "Here."
    assert Example(turns).instructions == "Be kind."
    assert Example(turns).reply_is_learned
    assert not Example(turns[:3]).reply_is_learned
    assert Example(turns[:2]).reply == ""


def test_the_sample_that_lacks_content_is_caught_with_its_place() -> None:
    sample = '{"messages": [{"role": "system", "Marv is kind"}, {"role": "user", "content": "Hi"}]}'

    assert _only(parse_chat_file(f"{GOOD}\n{sample}\n".encode())) == (
        2,
        "messages[0].content",
        'The key "content" is missing: a text stands there without it.',
    )


def test_doubled_quotes_are_caught_with_their_place() -> None:
    line, field, reason = _only(parse_chat_file(b'{""messages"": [{""role"": ""system"", ""Marv""}]}'))

    assert (line, field) == (1, "messages")
    assert "doubled" in reason


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("", "", "blank"),
        ("{", "", "broken at column 2"),
        ("[]", "", "a list, not a JSON object"),
        ("{'messages': []}", "", "single"),
        ('{"messages": [], "messages": []}', "messages", "twice"),
        ('{"messages": NaN}', "", "NaN is not a JSON value"),
        ('{"messages": [{"role": "user", "content": "\\ud83d"}]}', "messages[0].content", "half a character"),
        ("[" * 100_000, "", "nested too deeply"),
        ("9" * 10_000, "", "a number"),
        ("{}", "messages", "missing"),
        ('{"messages": {}}', "messages", "must be a list, and is an object"),
        ('{"messages": []}', "messages", "empty"),
        ('{"messages": ["Hi"]}', "messages[0]", "must be a JSON object, and this is a text"),
        ('{"messages": [{"content": "Hi"}]}', "messages[0].role", "missing"),
        ('{"messages": [{"role": "bot", "content": "Hi"}]}', "messages[0].role", '"bot" is unknown'),
        ('{"messages": [{"role": "tool", "content": "Hi"}]}', "messages[0].role", "Tool calls"),
        ('{"messages": [{"role": "user"}]}', "messages[0].content", "missing"),
        ('{"messages": [{"role": "user", "content": null}]}', "messages[0].content", "null"),
        ('{"messages": [{"role": "user", "content": "Hi"}]}', "messages[0].role", "must be the assistant's"),
        ('{"messages": [{"role": "assistant", "content": "Hi"}]}', "messages", "No user message"),
        (GOOD.replace('"Hello"', '" "'), "messages[1].content", "no text"),
        (GOOD.replace('"Hello"', '"Hello", "weight": 0'), "messages", "nothing to learn"),
        (GOOD.replace('"Hello"', '"Hello", "weight": 2'), "messages[1].weight", "0 or 1"),
        (GOOD.replace('"Hello"', '"Hello", "weight": true'), "messages[1].weight", "0 or 1"),
        (GOOD.replace('"Hi"', '"Hi", "weight": 1'), "messages[0].weight", "assistant messages only"),
        (GOOD.replace('"Hi"', '"Hi", "mood": 1'), "messages[0].mood", "unknown in a message"),
        (GOOD.replace('"Hi"', '"Hi", "name": ""'), "messages[0].name", "not empty"),
        (GOOD[:-1] + ', "prompt": "x"}', "prompt", "unknown next to messages"),
        (GOOD[:-1] + ', "tools": []}', "tools", "Tool calls"),
    ],
)
def test_a_bad_line_is_one_problem_with_its_field(line: str, field: str, reason: str) -> None:
    parsed = parse_chat_file(f"{GOOD}\n{line}\n{GOOD}\n".encode())

    found = _only(parsed)
    assert found[:2] == (2, field)
    assert reason in found[2]
    assert [good.line for good in parsed.examples] == [1, 3]


def test_bytes_that_are_not_utf8_are_named_by_line_and_place() -> None:
    line, _, reason = _only(
        parse_chat_file(GOOD.encode() + b"\n" + GOOD.replace("Hi", "Café").encode("cp1252"))
    )

    assert line == 2
    assert "byte 47" in reason


def test_a_byte_order_mark_is_accepted_and_noted() -> None:
    parsed = parse_chat_file(b"\xef\xbb\xbf" + GOOD.encode())

    assert parsed.bom
    assert len(parsed.examples) == 1
    assert not parse_chat_file(GOOD.encode()).bom


def test_utf16_is_said_as_what_it_is() -> None:
    assert "UTF-16" in _only(parse_chat_file(GOOD.encode("utf-16")))[2]


def test_one_document_over_several_lines_is_one_problem() -> None:
    data = json.dumps(json.loads(GOOD), indent=2).encode()

    assert "one JSON document over several lines" in _only(parse_chat_file(data))[2]


def test_windows_line_ends_and_an_empty_file_are_fine() -> None:
    assert len(parse_chat_file(f"{GOOD}\r\n{GOOD}\r\n\r\n".encode()).examples) == 2
    assert parse_chat_file(b"") == ParsedFile((), ())


def _only(parsed: ParsedFile) -> tuple[int, str, str]:
    assert len(parsed.problems) == 1, [str(problem) for problem in parsed.problems]
    problem = parsed.problems[0]
    return problem.line, problem.field, problem.reason
