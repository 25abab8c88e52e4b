"""The Pyomo model of diversity management."""
