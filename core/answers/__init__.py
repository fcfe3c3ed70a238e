"""Answers: ways of answering, what each said to the test questions, and how often it was expected."""
