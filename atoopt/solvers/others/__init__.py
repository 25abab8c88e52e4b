"""Solvers other than HiGHS: one file each, a function that takes a model file and says what came of it."""
