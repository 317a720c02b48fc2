"""The model: one regressor a modality, a linear stack, honest intervals, the split into counts."""
