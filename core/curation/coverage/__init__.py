"""What to write next: what customers ask, against what is approved."""
