"""Pyomo models of the stock-composition problem, and what is done with them."""
