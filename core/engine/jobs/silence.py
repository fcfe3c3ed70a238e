"""How long a worker has given no sign of life."""

import time
from dataclasses import dataclass, field


@dataclass
class Silence:
    """Remembers when each worker last gave a new sign; a machine that slept meanwhile counts as no time.

    After a restart of the engine everybody begins anew.
    """

    most_seconds: float
    _heard: dict[str, tuple[object, float]] = field(default_factory=dict)

    def is_too_long(self, job_id: str, sign: object) -> bool:
        """Whether `sign` has been the same for longer than a healthy worker needs."""
        now = time.monotonic()
        last, since = self._heard.get(job_id, (None, now))
        if sign != last:
            self._heard[job_id] = (sign, now)
            return False
        return now - since > self.most_seconds

    def forget(self, job_id: str) -> None:
        """The worker has ended."""
        self._heard.pop(job_id, None)
