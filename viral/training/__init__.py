"""From tables of posts to the model folder: sets, masking, regressors, stack, calibration."""
