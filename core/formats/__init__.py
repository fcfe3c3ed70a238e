"""Training-file formats, parsed and checked line by line: pure."""
