"""What is wrong with a table that was handed in, in words for the person who made it."""


class BadTable(ValueError):
    """The table cannot be counted; the message names the line and the field to blame, if any."""
