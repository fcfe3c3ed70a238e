"""The library: every item of a project, found, looked at, changed many at a time, and taken out."""
