"""What an analyst may write in a model file, one file for each kind of element."""
