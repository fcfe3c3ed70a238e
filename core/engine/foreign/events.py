"""Server-sent events, read from a stream of bytes however it is cut and whatever ends its lines."""

import re
from collections.abc import AsyncGenerator, AsyncIterable

_LINE_END = re.compile(rb"\r\n|\r|\n")
_DATA = b"data:"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


async def event_data(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """The data of each event. Comments and other fields are passed over; a last event may lack its end."""
    data: list[bytes] = []
    async for line in _lines(chunks):
        if line.startswith(_DATA):
            data.append(line[len(_DATA) :].removeprefix(b" "))
        elif not line and data:
            yield b"\n".join(data)
            data = []
    if data:
        yield b"\n".join(data)


async def _lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes, None]:
    """Whole lines, then the rest. A line that comes in many pieces is put together once."""
    begun: list[bytes] = []
    after_return = False
    first = True
    async for chunk in chunks:
        fresh = chunk[1:] if after_return and chunk.startswith(b"\n") else chunk
        if chunk:
            after_return = chunk.endswith(b"\r")
        *ended, rest = _LINE_END.split(fresh)
        for line in ended:
            whole = b"".join([*begun, line])
            yield whole.removeprefix(_BYTE_ORDER_MARK) if first else whole
            begun, first = [], False
        begun.append(rest)
    yield b"".join(begun)
