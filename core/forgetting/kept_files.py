"""Kept files: which of the files that were once imported hold something of a customer."""

from core.curation.intake.reading import Wanted, read_file
from core.curation.intake.source import Source
from core.curation.intake.table import Row, Tally
from core.errors import TouchstoneError
from core.forgetting.plan import SHORTEST_TEXT, Plan, pattern_of
from core.store.blobs import Blobs
from core.store.database import Reader
from core.text.fingerprint import normalised


def files_to_remove(reader: Reader, blobs: Blobs, plan: Plan) -> list[int]:
    """The imports whose kept file goes as a whole: it gave one of the items, or holds their words."""
    ids = plan.item_ids
    asked = "select distinct import_id from items where id in (select unnest(?::bigint[]))"
    giving = {number for (number,) in reader.rows(asked, ids) if number is not None}
    rows = reader.rows(
        "select id, file_name, file_blob from imports where file_blob <> '' "
        "and project_id in (select unnest(?::bigint[])) order by id",
        list(plan.projects),
    )
    return [number for number, name, blob in rows if number in giving or _holds(name, blobs.get(blob), plan)]


def _holds(name: str, data: bytes, plan: Plan) -> bool:
    """Whether a file holds one of the words, or one of the texts."""
    said = _text(name, data)
    if plan.looked_for and pattern_of(plan.looked_for).search(said):
        return True
    plain = normalised(said)
    return any(len(text) >= SHORTEST_TEXT and normalised(text) in plain for text in plan.texts)


def _text(name: str, data: bytes) -> str:
    """All that can be read in a file, as it stands and as its cells say."""
    raw = data.decode("utf-8", "replace") + data.decode("utf-16", "replace")
    said: list[str] = []
    try:
        source = Source(name, data)
        reading = read_file(source)
        for sheet in reading.sheets or (None,):
            table = read_file(source, Wanted(sheet=sheet)) if sheet else reading
            for row in table.read(table.columns, Tally()):
                if isinstance(row, Row):
                    said += [*filter(None, row.cells), *(turn.text for turn in row.conversation)]
    except TouchstoneError:
        return raw
    return "\n".join([*said, raw])
