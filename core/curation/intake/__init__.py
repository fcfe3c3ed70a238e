"""Intake: a file becomes items; every row is taken, known already, or listed with the reason."""
