"""How an adapter is trained: what "auto" means here, and how it is told."""

from dataclasses import dataclass

from core.engine.jobs.folder import Order

RANK = 16
ALPHA = 32
LONGEST_LESSON = 4096
"""Tokens of one lesson at most, however long a text the model could read: memory grows with it."""
_RATES = {"supervised": 2e-4, "dpo": 5e-5}
_BATCH = 8
_BETA = 0.1
_TOKENS_AT_ONCE = 8192
_AIMED_EPOCHS, _FEWEST_EXAMPLES, _MOST_EXAMPLES, _MOST_EPOCHS = 3, 100, 25_000, 25


@dataclass(frozen=True)
class Settings:
    """`batch_size` lessons make a step, `at_once` of them are in memory together. `beta` is of DPO alone."""

    method: str
    epochs: int
    batch_size: int
    at_once: int
    learning_rate: float
    beta: float
    seed: int
    steps_an_epoch: int

    @property
    def steps(self) -> int:
        """How many steps there are in all."""
        return self.epochs * self.steps_an_epoch

    def told(self) -> str:
        """The settings in one sentence, with what "auto" became."""
        beta = f", beta {self.beta:g}" if self.method == "dpo" else ""
        return (
            f"Training a LoRA adapter (rank {RANK}, alpha {ALPHA}, all linear layers), method {self.method}: "
            f"n_epochs {self.epochs}, batch_size {self.batch_size}, "
            f"learning rate {self.learning_rate:g}{beta}, seed {self.seed}, {self.steps} steps."
        )


def settings_for(order: Order, lessons: int, width: int) -> Settings:
    """What the order asks for; where it leaves the choice, what suits so many lessons of such a width."""
    batch = _BATCH if isinstance(order.batch_size, str) else order.batch_size
    batch = min(batch, lessons)
    times = 1.0 if isinstance(order.learning_rate_multiplier, str) else order.learning_rate_multiplier
    return Settings(
        method=order.method,
        epochs=_epochs(lessons) if isinstance(order.n_epochs, str) else order.n_epochs,
        batch_size=batch,
        at_once=_at_once(batch, width),
        learning_rate=_RATES[order.method] * times,
        beta=_BETA if order.beta is None or isinstance(order.beta, str) else order.beta,
        seed=order.seed,
        steps_an_epoch=-(-lessons // batch),
    )


def _epochs(lessons: int) -> int:
    """OpenAI's own rule of thumb (its cookbook's preparation notebook): few examples are read more often."""
    if lessons * _AIMED_EPOCHS < _FEWEST_EXAMPLES:
        return min(_MOST_EPOCHS, _FEWEST_EXAMPLES // lessons)
    if lessons * _AIMED_EPOCHS > _MOST_EXAMPLES:
        return max(1, _MOST_EXAMPLES // lessons)
    return _AIMED_EPOCHS


def _at_once(batch: int, width: int) -> int:
    """The largest part a batch can be cut into evenly that stays within a bearable number of tokens."""
    parts = (part for part in range(batch, 0, -1) if batch % part == 0)
    return next((part for part in parts if part * width <= _TOKENS_AT_ONCE), 1)
