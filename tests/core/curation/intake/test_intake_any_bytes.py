"""Whatever bytes come: a file is read or refused, and its rows add up."""

import json
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from core.curation.intake.arrival import Checker
from core.curation.intake.mapping import guess_mapping
from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import source_of
from core.curation.intake.table import Rejected, Tally, Turns
from core.curation.projects import Kind, Project
from core.errors import Refused

DESK = Project(1, "Desk", Kind.REPLY, "", (), 1)
CHAT = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}'
PIECES = (
    CHAT, b'{"question": "a", "answer": "b"}', b'{"prompt": "a", "completion": 1e999}', b"NaN", b"\\ud83d",
    b"question", b"answer", b",", b";", b"\t", b"|", b'"', b"\n", b"\r\n", b"\r", b" ", b"{", b"}", b"[",
    b"]", b":", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00", b"\xe9", b"\xc3\xa9",
    b"\xf0\x9f\x90\x96", b"\xe2\x80\xa8", b"sep=;", b"agent: hi", b"text,label", b"a,b\n", b"\x1f", b"=1+1",
    b"Customer: hi", b"=== 7 ===", b'{"conversations": [{"from": "human", "value": "a"}]}', b"\x1b$B",
    b'{"comments": [{"author_id": 1, "body": "a"}], "requester_id": 1}', b'{"chosen": [], "rejected": []}',
    b'{"conversation_parts": {"conversation_parts": [{}]}}', b'{"a": {"b": [1]}}', b"1/2/2024", b"PAR1",
    b"\x82\xa0", b"PK\x03\x04", b"\xd0\xcf\x11\xe0",
    b'{"tickets": [{"description": "x"}]}', b"question,date,volume,status\n",
)  # fmt: skip
NAMES = ("a.csv", "a.tsv", "a.jsonl", "a.json", "a.txt", "a", "", "\udcff.csv", "a.parquet", "a.xlsx")


@settings(deadline=None)
@given(
    data=st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)),
    name=st.sampled_from(NAMES),
    turns=st.sampled_from(Turns),
)
def test_a_file_is_read_or_refused_and_never_breaks_the_program(data: bytes, name: str, turns: Turns) -> None:
    with suppress(Refused):
        reading = read_file(source_of(name, data), Wanted(turns))
        rows = list(reading.read(reading.columns, Tally()))
        assert len(set(reading.columns)) == len(reading.columns)
        if turns is not Turns.EVERY:
            assert len({row.line for row in rows}) == len(rows)
        mapping = guess_mapping(reading)
        if mapping is not None:
            checker = Checker(DESK, reading, mapping, Tally())
            chosen = list(reading.read(checker.columns, Tally()))
            checked = [row if isinstance(row, Rejected) else checker.check(row) for row in chosen]
            assert [row.line for row in checked] == [row.line for row in rows]
            json.dumps([one for one in checked if isinstance(one, Rejected)]).encode()
