"""The demo: two fictional projects shipped with the program, and the whole loop run on them."""
