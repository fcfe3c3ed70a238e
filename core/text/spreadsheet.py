"""Spreadsheets run what looks like a formula; texts from outside must not."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formula(cell: str) -> str:
    """A cell that no spreadsheet runs: one that begins like a formula gets an apostrophe before it."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
