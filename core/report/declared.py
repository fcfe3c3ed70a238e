"""What was declared of a study before its first vote, beside what became of it."""

from dataclasses import dataclass

from core.rating.looks import Look, looks_at
from core.rating.seal import Seal, seal_of
from core.rating.studies import Study, StudyState, tells_kept
from core.rating.study_plan import Plan, plan_of
from core.report.verdict_sentences import plan_words
from core.store.store import Store

SHORT = 12
"""So many signs of a hash tell it from another on a page."""


@dataclass(frozen=True)
class Declared:
    """The plan of a study in words, its seal, and who looked while it was `open`.

    Of its prompts `n_telling` have an answer with a word that may tell whose it is.
    """

    plan: Plan
    words: str
    open: bool
    seal: Seal | None
    looks: tuple[Look, ...]
    n_telling: int

    @property
    def seal_sentence(self) -> str:
        """Whether the plan stands as it was sealed."""
        if self.seal is None:
            return (
                "The plan is sealed when the study opens." if self.open else "This study has no sealed plan."
            )
        when = f"Plan {self.seal.sha256[:SHORT]}, sealed {self.seal.sealed_at:%d %B %Y, %H:%M} UTC"
        if not self.seal.changed:
            return f"{when} before the first vote; everything still is as it was sealed."
        return f"{when}. Changed since: {', '.join(self.seal.changed)}."

    @property
    def screen_sentence(self) -> str:
        """What became of the answers with a word that may tell whose they are."""
        if self.seal is None:
            return "Answers are looked through for words that may tell whose they are before the study opens."
        left_out = len(self.plan.left_out or ())
        if not left_out and not self.n_telling:
            return "No answer has a word that may tell whose it is."
        out = f"{left_out} prompt{' was' if left_out == 1 else 's were'} left out"
        kept = f"{self.n_telling} {'was' if self.n_telling == 1 else 'were'} kept"
        return f"Words that may tell whose an answer is: {out} before the study opened, {kept}."

    @property
    def looks_sentence(self) -> str:
        """How often the evidence was looked at while the study ran."""
        if not self.looks:
            return "Nobody has looked at the evidence" + (" yet." if self.open else " while it was open.")
        people = sorted({look.person for look in self.looks})
        times = "once" if len(self.looks) == 1 else f"{len(self.looks)} times"
        when = "so far" if self.open else "while it was open"
        return f"Looked at {times} {when}, without a direction, by {' and '.join(people)}."


def declared(store: Store, study: Study, words: tuple[str, str]) -> Declared:
    """What was declared of a study.

    Args:
        store: the store.
        study: the study.
        words: its two arms as they stand in a sentence.
    """
    plan = plan_of(store, study.id)
    seal = store.recall(SEALED, ("seal", study.id), lambda: seal_of(store, study.id))
    looks = tuple(looks_at(store, study.id))
    n_telling = store.recall(SEALED, ("telling", study.id), lambda: len(tells_kept(store, study)))
    still = study.state is not StudyState.CLOSED
    return Declared(plan, plan_words(plan, *words), still, seal, looks, n_telling)


SEALED = ("studies", "study_plans", "study_prompts", "arms", "datasets")
"""What a seal is made of."""
