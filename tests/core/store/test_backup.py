"""A backup taken while the app writes restores to what was saved at that moment."""

import io
import json
import queue
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import Refused, StorageFailed
from core.store.backup import back_up, restore
from core.store.digest import TableDigest
from core.store.store import Store
from tests.core.store.homes import JOURNAL, add_people, ids, load_history


@pytest.fixture
def archive(store: Store, tmp_path: Path) -> Path:
    add_people(store, 1, 3)
    load_history(store, 1, 20)
    return back_up(store.home, tmp_path / "backup.tar.gz").path


def test_a_backup_restores_into_an_empty_folder_with_the_same_digest(
    store: Store, archive: Path, tmp_path: Path
) -> None:
    for home in (tmp_path / "new" / "home", tmp_path / "empty"):
        if home.name == "empty":
            home.mkdir()
        done = restore(archive, home)
        restored = Store(home)

        assert restored.digest() == store.digest()
        assert done.files == len(list((home / "blobs").glob("*.blob"))) + 1
        add_people(restored, 50)
        restored.close()


def test_a_backup_taken_while_somebody_writes_holds_a_moment_of_it(store: Store, tmp_path: Path) -> None:
    digests: dict[int, dict[str, TableDigest]] = {}
    saved = queue.Queue[int]()
    enough = threading.Event()

    def write() -> None:
        number = 1
        while not enough.is_set():
            add_people(store, number)
            if number % 5 == 0:
                load_history(store, 100 * number, 40)
            digests[last_seq(store.home)] = store.digest()
            saved.put(number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    archives: list[Path] = []
    try:
        while len(archives) < 3:
            if saved.get() % 6 == 0:
                archives.append(back_up(store.home, tmp_path / f"backup-{len(archives)}.tar.gz").path)
    finally:
        enough.set()
        writer.join()

    for number, archive in enumerate(archives):
        home = tmp_path / f"restored-{number}"
        restore(archive, home)
        restored = Store(home)
        assert restored.digest() == digests[last_seq(home)]
        restored.close()


def test_a_restore_into_a_folder_with_anything_in_it_is_refused(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "full"
    home.mkdir()
    (home / "note.txt").write_text("mine", encoding="utf-8")

    with pytest.raises(Refused, match="not empty"):
        restore(archive, home)

    assert [path.name for path in home.iterdir()] == ["note.txt"]


def test_a_restore_into_a_file_is_one_sentence(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")

    with pytest.raises(StorageFailed, match="Nothing was restored"):
        restore(archive, tmp_path / "file")


def garbage(archive: Path) -> bytes:
    return b"this is no archive at all" * 100


def nothing(archive: Path) -> bytes:
    return b""


def half(archive: Path) -> bytes:
    data = archive.read_bytes()
    return data[: len(data) // 2]


def flipped(archive: Path) -> bytes:
    data = bytearray(archive.read_bytes())
    for place in range(len(data) // 3, len(data) // 3 + 40):
        data[place] ^= 0xFF
    return bytes(data)


def other(archive: Path) -> bytes:
    return packed("notes.txt", b"something else")


def outside(archive: Path) -> bytes:
    return packed("../outside.txt", b"got out")


def link_outside(archive: Path) -> bytes:
    return packed(JOURNAL, b"", link="../../outside.txt")


def packed(name: str, data: bytes, *, link: str = "") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for member_name, content in ((name, data), (f"blobs/{'0' * 64}.blob", b"x")):
            member = tarfile.TarInfo(member_name)
            member.size = len(content)
            if link and member_name == name:
                member.type, member.linkname, member.size = tarfile.SYMTYPE, link, 0
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("spoil", [garbage, nothing, half, flipped, other, outside, link_outside])
def test_what_is_no_backup_is_refused_and_nothing_is_left_of_it(
    archive: Path, tmp_path: Path, spoil: Callable[[Path], bytes]
) -> None:
    bad = tmp_path / "bad.tar.gz"
    bad.write_bytes(spoil(archive))
    before = {path.name for path in tmp_path.iterdir()}

    with pytest.raises(Refused, match=r"not a (complete )?backup of a workspace") as refused:
        restore(bad, tmp_path / "restored")

    assert len(str(refused.value).splitlines()) == 1
    assert {path.name for path in tmp_path.iterdir()} == before


def test_there_is_nothing_to_back_up_where_no_workspace_is(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no workspace"):
        back_up(tmp_path, tmp_path / "backup.tar.gz")
    with pytest.raises(Refused, match="no backup file"):
        restore(tmp_path / "backup.tar.gz", tmp_path / "home")


def test_a_backup_that_cannot_be_written_is_one_sentence(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="could not be written"):
        back_up(store.home, tmp_path / "no such folder" / "backup.tar.gz")


def test_a_restored_workspace_goes_on_by_itself(store: Store, archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "restored")
    restored = Store(tmp_path / "restored")
    add_people(restored, 10)
    add_people(store, 20)

    assert (ids(restored), ids(store)) == ([1, 2, 3, 10], [1, 2, 3, 20])
    restored.close()


def last_seq(home: Path) -> int:
    """The number of the last transaction in a journal."""
    number: int = json.loads((home / JOURNAL).read_bytes().splitlines()[-1])["seq"]
    return number
