"""The store: one DuckDB file for questions, one journal and its blobs for never losing an answer."""
