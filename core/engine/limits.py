"""What the engine's owner sets from outside: how much is let in, by which names, how much is done at once."""

from dataclasses import dataclass

RATE_VARIABLE = "TOUCHSTONE_ENGINE_REQUESTS_PER_MINUTE"
HOSTS_VARIABLE = "TOUCHSTONE_ENGINE_HOSTS"
SLOTS_VARIABLE = "TOUCHSTONE_ENGINE_BATCH_SLOTS"
REQUESTS_PER_MINUTE = 30_000
BATCH_SLOTS = 4


@dataclass(frozen=True)
class Limits:
    """Bounds on what others may ask.

    `requests_per_minute`: of one key, 0 for no limit. `hosts`: names beside localhost by which a proxy may
    call this engine. `batch_slots`: how many packets of a batch's requests are out at the same time.
    """

    requests_per_minute: int = REQUESTS_PER_MINUTE
    hosts: frozenset[str] = frozenset()
    batch_slots: int = BATCH_SLOTS
