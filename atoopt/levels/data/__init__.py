"""The parts of a stock-levels file, the system that a stock makes, and orders of a history."""
