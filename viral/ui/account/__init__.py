"""Your account: what a creator says of it once, kept by their browser, and used on every page."""
