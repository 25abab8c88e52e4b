"""Cost against mean assembly time."""
