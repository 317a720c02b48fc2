"""The Explore page: what past posts had in common."""
