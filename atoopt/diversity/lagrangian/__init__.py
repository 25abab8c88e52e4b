"""The Lagrangian relaxation of the p-median model: bounds, variants, and what the two exclude."""
