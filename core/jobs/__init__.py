"""Long work in the background: progress, cancel, and going on after a restart."""
