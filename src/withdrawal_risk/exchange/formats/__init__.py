"""Files of other programs, one format a file, and what they are written from."""
