"""Comparison of solvers, formulations, heuristics and front generators on instances."""
