"""What raters said beside their votes, in sentences: ratings on a scale, second looks, and their guesses."""

from collections.abc import Iterator

from core.rating.asides import blinding, rated, second_looks
from core.rating.studies import Study
from core.rating.study_plan import Form, plan_of
from core.store.database import Reader
from core.text.figures import percent_words


def aside_lines(reader: Reader, study: Study, words: tuple[str, str]) -> Iterator[str]:
    """What stands beside the verdict of a closed study; nothing of it moves the verdict.

    Args:
        reader: where the study lies.
        study: the study.
        words: its two arms as they stand in a sentence.
    """
    plan = plan_of(reader, study.id)
    if plan.form is Form.SCALE:
        yield from _ratings(reader, study, plan.quality, words)
    again = second_looks(reader, study) if plan.repeats else None
    if again is not None and again.same is not None:
        side = again.followed_side
        turned = "" if side is None else f"; on {100 * side:.0f} % they chose the same side instead"
        yield (
            f"Shown {again.n} pairs a second time with their sides swapped, raters chose the same as before "
            f"on {percent_words(again.same, again.ci95)}{turned}."
        )
    guessed = blinding(reader, study)
    if guessed.n_guesses:
        yield guessed.sentence


def _ratings(reader: Reader, study: Study, quality: str, words: tuple[str, str]) -> Iterator[str]:
    found = rated(reader, study)
    if found is None or found.first is None or found.second is None or found.difference is None:
        return
    sure = (
        "no interval" if found.ci95 is None else f"95 % interval {found.ci95[0]:+.2f} to {found.ci95[1]:+.2f}"
    )
    yield (
        f"From 1 to 5 for “{quality}” {words[1]} was rated {found.first:.2f} and {words[0]} "
        f"{found.second:.2f}: {found.difference:+.2f} ({sure}, {found.n_prompts} prompts)."
    )
