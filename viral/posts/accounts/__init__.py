"""A creator's account as data: what it is, its file, and its posts as a table tells of them."""
