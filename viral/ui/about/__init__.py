"""The About page: what the model is, how good it is and where it is weak."""
