"""Solvers other than HiGHS: one file an adapter, each a function of a model file and what is asked of it."""
