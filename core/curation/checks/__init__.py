"""Checks: what a second look at a reply should notice, one file a family, each finding a plain sentence."""
