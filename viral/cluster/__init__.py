"""The same work on many machines, over Ray: clips are measured by the functions that measure them
on one, and the rows are the same."""
