"""Training: estimates before, runs, and following them at their provider."""
