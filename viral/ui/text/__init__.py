"""Every sentence of the app, and how the page changes its language."""
