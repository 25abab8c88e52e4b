"""Sets of components as bits, and connected sets."""
