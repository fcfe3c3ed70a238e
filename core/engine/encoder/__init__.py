"""Texts to vectors: the encoders of this machine and what they remember."""
