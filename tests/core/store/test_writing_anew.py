"""Writing anew: the files hold what the tables hold and nothing else, and readers are not disturbed."""

import threading
from pathlib import Path

from core.store.store import Store
from tests.core.store.homes import add_people, copied, ids, kept_aside, load_history


def test_what_was_deleted_leaves_journal_database_and_blobs(store: Store) -> None:
    add_people(store, 1, 3, name="Zebedee Quuxly")
    load_history(store, 1, 2000, actions=("Quuxly asked", "added"))
    kept = store.blobs.put(b"nobody names this")
    with store.transaction("anna@example.com") as tx:
        tx.delete("people", {"id": 2})
        for number in range(1, 2001):
            tx.delete("history", {"id": number})
        for number in (1, 3):
            tx.update("people", {"id": number}, {"name": "Anna"})
    store.rebuild()
    digest = store.digest()

    store.write_anew()

    home = store.home
    assert store.digest() == digest
    assert kept_aside(home) == []
    assert not store.blobs.path(kept).exists()
    store.close()
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if b"Quuxly" in path.read_bytes()] == []
    assert [path.name for path in files if ".anew" in path.name] == []


def test_saving_and_rebuilding_go_on_after_it(store: Store, tmp_path: Path) -> None:
    add_people(store, 1, 3)
    store.write_anew()
    add_people(store, 4, 2)
    killed = copied(store.home, tmp_path / "killed")

    again = Store(killed)
    digest = again.digest()
    again.rebuild()

    assert ids(again) == [1, 2, 3, 4, 5]
    assert again.digest() == digest == store.digest()
    again.close()


def test_whoever_reads_meanwhile_gets_whole_answers(store: Store) -> None:
    add_people(store, 1, 50)
    wrong: list[list[int]] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            found = ids(store)
            if found != list(range(1, 51)):
                wrong.append(found)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for _ in range(3):
        store.write_anew()
    stop.set()
    for reader in readers:
        reader.join()

    assert wrong == []
    assert ids(store) == list(range(1, 51))
