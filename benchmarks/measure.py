"""How things are measured: CPU seconds of a process, repeated, the median told with its range."""

import os
import statistics as stats
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """CPU seconds, user and system, of a process and all its threads so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def cpu_each(work: Callable[[], object], times: int) -> list[float]:
    """CPU seconds of this process for each call."""
    found = []
    for _ in range(times):
        began = process_time()
        work()
        found.append(process_time() - began)
    return found


def tell(what: str, seconds: Sequence[float], unit: str = "ms", factor: float = 1000.0) -> None:
    """Print the median with its range."""
    middle = stats.median(seconds) * factor
    low, high = min(seconds) * factor, max(seconds) * factor
    print(f"{what:<58} {middle:9.2f} {unit}  ({low:.2f} to {high:.2f}, n = {len(seconds)})")


def memory_of(pid: int) -> float:
    """MiB of memory that a process holds now."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20
