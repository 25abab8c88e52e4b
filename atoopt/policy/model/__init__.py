"""The Pyomo model of the policy problem, and what is done with it."""
