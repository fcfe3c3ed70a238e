"""Batches: files of requests that are answered in the background, and nothing in them twice or never."""
