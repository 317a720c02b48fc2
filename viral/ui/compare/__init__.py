"""The Compare page: cuts of one post side by side."""
