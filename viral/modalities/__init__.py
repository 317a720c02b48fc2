"""What is measured: visual, audio, speech, text and context, one module each."""

NAMES = ("visual", "audio", "speech", "text", "context")
"""Order in which modalities are listed everywhere."""
