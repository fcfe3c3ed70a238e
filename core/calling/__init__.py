"""Calling: people are told outside the app that something waits for them, by webhook or by e-mail."""
