"""Texts compared: fingerprints, near-duplicates."""
