"""Serving: which model answers a project's customers, how it is reached, and the way back."""
