"""A file becomes a `Clip`: frames with times, a waveform and facts, decoded in a guarded child process."""
