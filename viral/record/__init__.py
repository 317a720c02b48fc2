"""A public record: predictions sealed before posting, and what became of them, misses first."""
