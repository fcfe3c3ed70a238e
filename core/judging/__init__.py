"""Judging: a model's opinion on the same pairs, shown only beside the votes of people."""
