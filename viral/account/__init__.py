"""An account's own model: what lifts the posts of one account, on top of the model that ships."""
