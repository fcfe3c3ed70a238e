"""Plain text: in which encoding it is written, tables of delimited cells, transcripts."""
