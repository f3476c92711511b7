"""What comes in from elsewhere: rows of evidence out of the exports that people download."""
