"""Forgetting: everything of one customer is found, given out, and erased wherever it stands."""
