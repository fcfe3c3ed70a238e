"""Curation: items, ideal replies, review; where golden replies come from."""
