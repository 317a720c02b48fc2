"""A file becomes a `Clip`: frames, waveform and facts, decoded in a guarded child process."""
