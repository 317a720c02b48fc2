"""What really happened to posts that were predicted: kept by consent, checked, and learnt from."""
