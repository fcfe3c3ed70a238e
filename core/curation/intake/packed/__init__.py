"""Packed files: workbooks and Parquet, unpacked by a process of its own."""
