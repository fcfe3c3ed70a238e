"""Import: files of ten thousand rows in many forms, and a million lines; CPU seconds, children included."""

import csv
import io
import json
import random
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.measure import tell
from core.curation.intake.intake import import_file
from core.curation.intake.mapping import mapping_for
from core.curation.intake.reading import read_file
from core.curation.intake.source import source_at
from core.curation.intake.upload import Upload
from core.curation.projects import create_project
from core.people.persons import add_person
from core.store.store import Store

ROWS = 10_000
MANY = 1_000_000
TIMES = 3

Pair = tuple[str, str]


def main() -> None:
    """Measure what is small enough to be measured often."""
    with tempfile.TemporaryDirectory() as folder:
        for name, write in FORMS.items():
            path = Path(folder) / name
            path.write_bytes(write(pairs(ROWS)))
            tell(f"import: {name}, {ROWS:,} rows, {path.stat().st_size / 1e6:.1f} MB", spent(path))
            path.unlink()


def large() -> None:
    """Measure a million lines, and the most memory this process had."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.jsonl"
        with path.open("wb") as file:
            for pair in pairs(MANY):
                file.write(_line(pair))
        what = f"import: a million lines of JSONL, {path.stat().st_size / 1e6:.0f} MB"
        tell(what, spent(path, times=1), "s", 1.0)
        print(
            f"{'  the most memory':<58} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MB"
        )


def spent(path: Path, times: int = TIMES) -> list[float]:
    """CPU seconds of an import into a new workspace each: read, checked, written, on disk."""
    found = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder) / "home")
            owner = add_person(store, "owner@example.com", "Owner")
            with store.transaction(owner.email) as tx:
                project = create_project(tx, "Desk", owner)
            began = cpu()
            source = source_at(path)
            reading = read_file(source)
            upload = Upload(source, reading, mapping_for(reading, None))
            report = import_file(store, project, upload, owner)
            found.append(cpu() - began)
            assert report.taken == report.rows  # noqa: S101 - what is measured is that all rows arrive
            store.close()
    return found


def cpu() -> float:
    """CPU seconds, user and system, of this process and of its children that have ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def pairs(count: int) -> Iterable[Pair]:
    """Questions and replies of about 820 bytes together, as real ones have, every one different."""
    rng = random.Random(1)
    words = [f"{chr(97 + rng.randrange(26))}{rng.getrandbits(rng.randrange(8, 40)):x}" for _ in range(20_000)]
    for number in range(count):
        said = rng.choices(words, k=105)
        yield f"{number} {' '.join(said[:28])}?", f"{' '.join(said[28:])}."


def _line(pair: Pair) -> bytes:
    return json.dumps({"question": pair[0], "answer": pair[1]}).encode() + b"\n"


def _jsonl(found: Iterable[Pair]) -> bytes:
    return b"".join(map(_line, found))


def _csv(found: Iterable[Pair]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("question", "answer"), *found])
    return out.getvalue().encode()


def _chat(found: Iterable[Pair]) -> bytes:
    roles = ("user", "assistant")
    lines = (
        {"messages": [{"role": role, "content": text} for role, text in zip(roles, pair, strict=True)]}
        for pair in found
    )
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _list(found: Iterable[Pair]) -> bytes:
    return json.dumps(
        [{"instruction": asked, "input": "", "output": reply} for asked, reply in found]
    ).encode()


FORMS: dict[str, Callable[[Iterable[Pair]], bytes]] = {
    "table.csv": _csv,
    "lines.jsonl": _jsonl,
    "chat.jsonl": _chat,
    "alpaca.json": _list,
}

if __name__ == "__main__":
    large() if "large" in sys.argv else main()
