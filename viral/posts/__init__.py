"""Posts: what a creator says of one, tables of past ones, and how they are split."""
