"""Datasets: golden replies frozen, split and exported."""
