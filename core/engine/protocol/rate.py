"""How many requests a minute are let in."""

import math
import time
from dataclasses import dataclass, field


@dataclass
class Rate:
    """A bucket of `per_minute` drops that fills up steadily: each request takes one. 0 lets everything in."""

    per_minute: int
    _left: float = field(init=False)
    _looked_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._left = float(self.per_minute)

    def seconds_to_wait(self) -> int:
        """Let one request in (0), or say in how many whole seconds there is room for it."""
        if not self.per_minute:
            return 0
        now = time.monotonic()
        per_second = self.per_minute / 60
        self._left = min(self._left + (now - self._looked_at) * per_second, float(self.per_minute))
        self._looked_at = now
        if self._left < 1:
            return math.ceil((1 - self._left) / per_second)
        self._left -= 1
        return 0
