"""What an indicator's own history says of a model file's numbers."""
