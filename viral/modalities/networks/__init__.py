"""Pretrained networks: what carries weights, each checked by its hash before it is opened."""
