"""Records: files of JSON objects, and the shapes that exports give them."""
