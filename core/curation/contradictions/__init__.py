"""Contradictions: questions that ask the same, and approved replies to them that do not agree."""
