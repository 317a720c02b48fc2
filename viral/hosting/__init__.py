"""What a host of the app needs: one private folder for clips, logs, limits, metrics, shutdown."""
