"""A Pyomo model with two objectives as matrices."""
