"""Inference: evidence as arrays, the PyMC graph, sampling, and the posterior."""
