"""Sheets: one sheet of a workbook read as a table."""

from collections.abc import Iterator

from core.curation.intake.grid import find_header, rows_of
from core.curation.intake.mapping import guess_mapping
from core.curation.intake.packed.sealed import rows_of_sheet, sheets_of
from core.curation.intake.source import Source
from core.curation.intake.table import Reading, Rejected, Row, Tally, Unit, listed
from core.errors import Refused

KINDS = {".xls": "xls", ".xlsb": "xlsb", ".ods": "ods"}


def read_workbook(source: Source, wanted: str | None) -> Reading:
    """Tell how a sheet of a workbook is to be read.

    Args:
        source: the file.
        wanted: the sheet's name; else the first one with a column that reads like a question.

    Raises:
        Refused: there is no such sheet, it has no rows, or the workbook cannot be read.
    """
    sheets = dict(sheets_of(source))
    if wanted is not None and wanted not in sheets:
        raise Refused(
            f"{source.name} has no sheet {wanted!r}. Its sheets: {listed(tuple(sheets))}. Choose one of "
            "them; nothing was imported."
        )
    if wanted is not None:
        return _reading(source, wanted, sheets)
    refused: list[Refused] = []
    readable: list[Reading] = []
    for name in sheets:
        try:
            reading = _reading(source, name, sheets)
        except Refused as error:
            refused.append(error)
            continue
        if guess_mapping(reading) is not None:
            return reading
        readable.append(reading)
    if readable:
        return readable[0]
    raise refused[0] if refused else Refused(f"{source.name} has no sheet to read. Nothing was imported.")


def _reading(source: Source, name: str, sheets: dict[str, list[list[str]]]) -> Reading:
    called = f"The sheet {name!r} of {source.name}"
    first = [(number, row) for number, row in enumerate(sheets[name], start=1) if any(map(str.strip, row))]
    if not first:
        raise Refused(f"{called} is empty. Nothing was imported.")
    header = find_header(called, first)

    def read(wanted: tuple[str, ...], _: Tally) -> Iterator[Row | Rejected]:
        return rows_of(rows_of_sheet(source, name), header, wanted, "cell border")

    kind = next((kind for ending, kind in KINDS.items() if source.name.lower().endswith(ending)), "xlsx")
    return Reading(
        source.name, kind, "binary", Unit.ROW, header.columns, read, header.notes, tuple(sheets), name
    )
