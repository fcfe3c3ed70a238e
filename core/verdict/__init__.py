"""Verdict: what blind votes and checked answers say, and how sure it is; pure statistics."""
