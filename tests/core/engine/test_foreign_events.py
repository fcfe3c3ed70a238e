"""Server-sent events mean the same however the network cuts them."""

import asyncio
from collections.abc import AsyncGenerator

from hypothesis import given
from hypothesis import strategies as st

from core.engine.foreign.events import event_data

ENDS = st.sampled_from([b"\n", b"\r\n", b"\r"])
DATA = st.binary(max_size=12).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b""))
EVENTS = st.lists(st.tuples(DATA, ENDS), max_size=6)


@given(events=EVENTS, sizes=st.lists(st.integers(0, 5), min_size=1))
def test_no_cut_changes_what_an_event_says(events: list[tuple[bytes, bytes]], sizes: list[int]) -> None:
    written = b"".join(b": comment" + end + b"data: " + data + end + end for data, end in events)

    assert read(cut(written, sizes)) == [data for data, _ in events]


def test_fields_of_other_names_are_no_data() -> None:
    assert read([b"event: x\nid: 1\nretry: 3\ndatabase: y\n\ndata:a\ndata: b\n\n"]) == [b"a\nb"]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """Pieces of these sizes, round and round, and what is left."""
    pieces = []
    at = 0
    for number in range(len(data)):
        size = sizes[number % len(sizes)]
        pieces.append(data[at : at + size])
        at += size
    return [*pieces, data[at:]]


def read(pieces: list[bytes]) -> list[bytes]:
    async def coming() -> AsyncGenerator[bytes, None]:
        for piece in pieces:
            yield piece

    async def all_of_them() -> list[bytes]:
        return [data async for data in event_data(coming())]

    return asyncio.run(all_of_them())
