"""Pictures of a posterior; every function returns a Matplotlib figure and takes ``lang``."""
