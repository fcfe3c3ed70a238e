"""Whatever bytes come: a file is read or refused, and its rows add up."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from core.curation.intake.arrival import arrivals
from core.curation.intake.mapping import guess_mapping
from core.curation.intake.reading import read_file
from core.curation.projects import Kind, Project
from core.errors import Refused

DESK = Project(1, "Desk", Kind.REPLY, "", (), 1)
CHAT = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}'
PIECES = (
    CHAT, b'{"question": "a", "answer": "b"}', b'{"prompt": "a", "completion": 1e999}', b"NaN", b"\\ud83d",
    b"question", b"answer", b",", b";", b"\t", b"|", b'"', b"\n", b"\r\n", b"\r", b" ", b"{", b"}", b"[",
    b"]", b":", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\xe9", b"\xc3\xa9",
    b"\xf0\x9f\x90\x96", b"\xe2\x80\xa8", b"sep=;", b"agent: hi", b"text,label", b"a,b\n", b"\x1f", b"=1+1",
)  # fmt: skip
NAMES = ("a.csv", "a.tsv", "a.jsonl", "a.json", "a.txt", "a", "", "\udcff.csv")


@given(
    data=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)),
    name=st.sampled_from(NAMES),
)
def test_a_file_is_read_or_refused_and_never_breaks_the_program(data: bytes, name: str) -> None:
    with suppress(Refused):
        table = read_file(name, data)
        mapping = guess_mapping(table)
        lines = [row.line for row in table.rows] + [one.line for one in table.rejected]
        assert len(set(lines)) == len(lines)
        if mapping is not None:
            found = arrivals(DESK, table, mapping)
            assert len(found.taken) + len(found.rejected) == len(lines)
