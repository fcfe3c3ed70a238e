"""A process whose files may not grow, then may: `HOME`. It prints what happened as one JSON document.

A file-size limit fails writes in the middle as a full disk does, and needs no privileges.
"""

import json
import resource
import sys
from pathlib import Path

import pandas as pd

from core.errors import StorageFailed
from core.store.backup import back_up
from core.store.store import Store
from tests.core.store.homes import JOURNAL, LOG, add_people, ids, kept_aside


def limit(size: int) -> None:
    """Let no file grow beyond `size` bytes; -1 lets all grow again."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def tried(store: Store, what: str) -> dict[str, object]:
    """Try one kind of write and say what came of it."""
    before = store.digest()
    try:
        if what == "blob":
            store.blobs.put(b"x" * 10_000_000)
        elif what == "load":
            with store.transaction("system") as tx:
                emails = [str(number * 7_919) for number in range(500_000)]
                frame = pd.DataFrame({"id": range(10**6, 10**6 + 500_000), "email": emails})
                tx.load("people", frame.assign(name="x", created_at=tx.now, version=1))
        elif what == "backup":
            back_up(store.home, store.home.parent / "backup.tar.gz")
        elif what == "rebuild":
            store.rebuild()
        else:
            add_people(store, 1_000, name="x" * 600)
    except StorageFailed as error:
        return {"sentence": str(error), "unchanged": store.digest() == before}
    return {"sentence": "", "unchanged": store.digest() == before}


def main(home: Path) -> None:
    """Fill, fail, free and go on."""
    store = Store(home)
    add_people(store, 1, 40, name="x" * 300)
    report: dict[str, object] = {}
    limit((home / LOG).stat().st_size + 100)
    report["log"] = tried(store, "row")
    voided = (home / JOURNAL).read_bytes().splitlines()[-2:]
    report["voided"] = [b'"void"' in line for line in voided]
    report["load"] = tried(store, "load")
    report["blob"] = tried(store, "blob")
    report["rebuild"] = tried(store, "rebuild")
    report["kept_aside"] = len(kept_aside(home))
    limit((home / JOURNAL).stat().st_size + 100)
    journal = (home / JOURNAL).read_bytes()
    report["journal"] = tried(store, "row")
    report["journal_as_it_was"] = (home / JOURNAL).read_bytes() == journal
    limit(1_000)
    report["backup"] = tried(store, "backup")
    limit(-1)
    report["leftovers"] = [path.name for path in home.rglob("*.tmp")]
    add_people(store, 1_000)
    report["ids"] = ids(store)
    digest = store.digest()
    store.rebuild()
    report["rebuilt"] = store.digest() == digest
    store.close()
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
