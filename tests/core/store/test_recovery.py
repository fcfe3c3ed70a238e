"""Whatever happened to the database or the end of the journal, the next opening holds what was saved."""

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.errors import Refused, StorageFailed
from core.store.backup import back_up
from core.store.digest import TableDigest
from core.store.store import Store
from tests.core.store.homes import (
    DATABASE,
    JOURNAL,
    LOG,
    PAGE,
    add_people,
    copied,
    cut,
    ids,
    kept_aside,
    load_history,
    zero,
)

Digest = dict[str, TableDigest]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Digest]:
    """A workspace that was closed properly."""
    home = tmp_path_factory.mktemp("whole") / "home"
    store = Store(home)
    add_people(store, 1, 12)
    load_history(store, 1, 3_000)
    digest = store.digest()
    store.close()
    return home, digest


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Digest]:
    """A workspace as a kill -9 leaves it: the last changes are in the write-ahead log only."""
    folder = tmp_path_factory.mktemp("stopped")
    store = Store(folder / "running")
    add_people(store, 1, 4)
    load_history(store, 1, 50)
    store.close()
    store = Store(folder / "running")
    add_people(store, 5, 12)
    home = copied(store.home, folder / "home")
    digest = store.digest()
    store.close()
    assert (home / LOG).stat().st_size > 0
    return home, digest


@pytest.fixture
def opened() -> Iterator[Callable[[Path], Store]]:
    stores: list[Store] = []

    def open_one(home: Path) -> Store:
        stores.append(Store(home))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()


Opened = Callable[[Path], Store]


def test_what_is_whole_opens_without_a_word(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    home = copied(whole[0], tmp_path / "home")

    store = opened(home)

    assert (store.notices, store.digest()) == ((), whole[1])
    assert kept_aside(home) == []


def test_a_deleted_database_is_made_anew(whole: tuple[Path, Digest], tmp_path: Path, opened: Opened) -> None:
    home = copied(whole[0], tmp_path / "home")
    (home / DATABASE).unlink()

    assert opened(home).digest() == whole[1]


@pytest.mark.parametrize("place", [0.0, 0.002, 0.004, 0.4, 0.999])
def test_a_zeroed_page_is_found_and_the_broken_file_is_kept(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, place: float
) -> None:
    home = copied(whole[0], tmp_path / "home")
    pages = (home / DATABASE).stat().st_size // PAGE
    page = int(place * pages)
    zero(home / DATABASE, page)
    broken = (home / DATABASE).read_bytes()

    store = opened(home)

    assert store.digest() == whole[1]
    if store.notices:
        (kept,) = kept_aside(home)
        assert kept.name in store.notices[0]
        assert kept.read_bytes() == broken
        assert ids(store) == list(range(1, 13))


def test_a_zeroed_page_of_equal_words_is_found_although_its_checksum_holds(
    tmp_path: Path, opened: Opened
) -> None:
    store = Store(tmp_path / "home")
    load_history(store, 1, 120_000, actions=("added", "began"))
    digest = store.digest()
    store.close()
    data = (store.home / DATABASE).read_bytes()
    starts = range(0, len(data), PAGE)
    equal = [start for start in starts if data[start : start + PAGE] == data[start : start + 8] * (PAGE // 8)]
    written = [start for start in equal if any(data[start : start + 8])]
    zero(store.home / DATABASE, written[0] // PAGE)

    again = opened(store.home)

    assert again.digest() == digest
    assert "its rows are not what was written" in again.notices[0]


def test_a_database_of_garbage_or_of_nothing_is_set_aside(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    for number, data in enumerate((b"", b"not a database" * 1000)):
        home = copied(whole[0], tmp_path / f"home-{number}")
        (home / DATABASE).write_bytes(data)

        assert opened(home).digest() == whole[1]


def test_a_log_after_a_sudden_stop_is_read_as_it_is(
    stopped: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    assert opened(copied(stopped[0], tmp_path / "home")).digest() == stopped[1]


@pytest.mark.parametrize("share", [0.0, 0.03, 0.5, 0.97])
def test_a_log_cut_anywhere_loses_nothing(
    stopped: tuple[Path, Digest], tmp_path: Path, opened: Opened, share: float
) -> None:
    home = copied(stopped[0], tmp_path / "home")
    cut(home / LOG, int((home / LOG).stat().st_size * share))

    assert opened(home).digest() == stopped[1]


def test_a_log_that_is_gone_or_zeroed_loses_nothing(
    stopped: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    gone = copied(stopped[0], tmp_path / "gone")
    (gone / LOG).unlink()
    zeroed = copied(stopped[0], tmp_path / "zeroed")
    zero(zeroed / LOG, 1)
    alone = copied(stopped[0], tmp_path / "alone")
    (alone / DATABASE).unlink()

    store = opened(gone)
    assert store.digest() == stopped[1]
    assert "put back into the database from the journal" in store.notices[0]
    assert opened(zeroed).digest() == stopped[1]
    assert opened(alone).digest() == stopped[1]


def test_the_log_of_another_moment_is_not_taken_for_this_one(
    whole: tuple[Path, Digest], stopped: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    home = copied(whole[0], tmp_path / "home")
    (home / LOG).write_bytes((stopped[0] / LOG).read_bytes())

    assert opened(home).digest() == whole[1]


@pytest.mark.parametrize(
    "torn", [b'{"seq":99,"time":"2026', b'{"seq":99,"changes":[],"crc":1}\n', b"\x00" * 9]
)
def test_a_line_that_was_never_finished_is_moved_aside_and_nothing_else(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, torn: bytes
) -> None:
    home = copied(whole[0], tmp_path / "home")
    before = (home / JOURNAL).read_bytes()
    (home / JOURNAL).write_bytes(before + torn)

    store = opened(home)

    assert store.digest() == whole[1]
    assert (home / JOURNAL).read_bytes() == before
    assert [path.read_bytes() for path in home.glob(f"{JOURNAL}.torn-*")] == [torn]
    add_people(store, 100)
    store.rebuild()
    assert 100 in ids(store)


@pytest.mark.parametrize("lost", [1, 30])
def test_the_journals_last_line_torn_comes_back_from_the_database(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, lost: int
) -> None:
    home = copied(whole[0], tmp_path / "home")
    before = (home / JOURNAL).read_bytes()
    cut(home / JOURNAL, len(before) - lost)

    store = opened(home)

    assert store.digest() == whole[1]
    assert (home / JOURNAL).read_bytes() == before


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.9])
def test_a_journal_that_lost_its_end_gets_the_whole_content_again(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, kept: float
) -> None:
    home = copied(whole[0], tmp_path / "home")
    cut(home / JOURNAL, int((home / JOURNAL).stat().st_size * kept))

    store = opened(home)
    assert store.digest() == whole[1]
    add_people(store, 100)
    digest = store.digest()
    store.close()
    (home / DATABASE).unlink()

    assert opened(home).digest() == digest


def test_a_missing_journal_is_written_again(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    home = copied(whole[0], tmp_path / "home")
    (home / JOURNAL).unlink()
    store = opened(home)
    assert store.digest() == whole[1]
    assert "the whole content of the database was written to it again" in store.notices[0]

    store.rebuild()

    assert store.digest() == whole[1]


def test_a_rebuild_keeps_the_old_file_and_every_row(
    stopped: tuple[Path, Digest], tmp_path: Path, opened: Opened
) -> None:
    store = opened(copied(stopped[0], tmp_path / "home"))

    store.rebuild()

    assert store.digest() == stopped[1]
    (kept,) = kept_aside(store.home)
    assert kept.name in store.notices[0]
    add_people(store, 200)
    assert 200 in ids(store)


def damage_a_line(home: Path) -> None:
    lines = (home / JOURNAL).read_bytes()
    (home / JOURNAL).write_bytes(lines.replace(b"example.com", b"example.net", 1))


def remove_the_blobs(home: Path) -> None:
    for blob in (home / "blobs").glob("*.blob"):
        blob.unlink()


@pytest.mark.parametrize("damage", [damage_a_line, remove_the_blobs])
def test_a_journal_that_was_damaged_long_ago_is_written_anew_from_the_sound_database(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, damage: Callable[[Path], None]
) -> None:
    home = copied(whole[0], tmp_path / "home")
    damage(home)

    store = opened(home)

    assert "The journal was damaged and was written anew" in " ".join(store.notices)
    assert list(home.glob(f"{JOURNAL}.broken-*"))
    store.rebuild()
    assert store.digest() == whole[1]


@pytest.mark.parametrize("damage", [damage_a_line, remove_the_blobs])
def test_a_journal_damaged_while_it_is_open_never_costs_a_sound_database(
    whole: tuple[Path, Digest], tmp_path: Path, opened: Opened, damage: Callable[[Path], None]
) -> None:
    home = copied(whole[0], tmp_path / "home")
    store = opened(home)
    damage(home)

    with pytest.raises(StorageFailed, match=r"(damaged|missing).*restore FILE --home DIR"):
        store.rebuild()

    assert store.digest() == whole[1]
    assert kept_aside(home) == []


@pytest.mark.parametrize("damage", [damage_a_line, remove_the_blobs])
def test_where_journal_and_database_are_both_damaged_nothing_is_thrown_away(
    whole: tuple[Path, Digest], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    home = copied(whole[0], tmp_path / "home")
    damage(home)
    zero(home / DATABASE, 0)

    with pytest.raises(StorageFailed, match=r"damaged|missing"):
        Store(home)

    assert (home / DATABASE).exists()


@pytest.mark.parametrize("damage", [damage_a_line, remove_the_blobs])
def test_a_backup_that_could_not_be_restored_is_not_written(
    whole: tuple[Path, Digest], tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    home = copied(whole[0], tmp_path / "home")
    damage(home)

    with pytest.raises(StorageFailed, match="No backup was written"):
        back_up(home, tmp_path / "backup.tar.gz")

    assert not (tmp_path / "backup.tar.gz").exists()


def from_tomorrow(home: Path) -> None:
    """Let a newer program have written the journal's last line."""
    last = json.loads((home / JOURNAL).read_bytes().splitlines()[-1])
    entry = {
        "seq": last["seq"] + 1,
        "time": last["time"],
        "by": "system",
        "changes": [["counters", "insert", {"table_name": "new", "next_id": 1}],
                    ["migrations", "migrate", {"name": "9999_tomorrow"}]],
    }  # fmt: skip
    body = json.dumps(entry, separators=(",", ":"))
    with (home / JOURNAL).open("a", encoding="utf-8") as file:
        file.write(f'{body[:-1]},"crc":{zlib.crc32(body.encode())}}}\n')


@pytest.mark.parametrize("also_lost", [(), (DATABASE,)])
def test_a_workspace_of_a_newer_version_is_refused_and_left_as_it_is(
    whole: tuple[Path, Digest], tmp_path: Path, also_lost: tuple[str, ...]
) -> None:
    home = copied(whole[0], tmp_path / "home")
    from_tomorrow(home)
    for name in also_lost:
        (home / name).unlink()
    before = contents(home)

    for _ in range(2):
        with pytest.raises(Refused, match=r"newer version of Touchstone.*9999_tomorrow.*Nothing was changed"):
            Store(home)

    assert contents(home) == before


def contents(home: Path) -> dict[str, bytes]:
    """What is in the folder, without the lock."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in home.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }
