"""Explanations as data: what added how much, when, and what if."""
