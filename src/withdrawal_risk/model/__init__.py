"""What a model is: frozen data read from a file, with nothing of PyMC in it."""
