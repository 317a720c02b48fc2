"""The app: the only place that imports gradio."""
