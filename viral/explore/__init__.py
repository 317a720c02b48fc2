"""Trends in past posts: what goes with views, as aggregates in which no person can be found."""
