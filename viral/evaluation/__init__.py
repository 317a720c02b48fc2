"""How good the model is, on creators, dates and sources that it never saw."""
