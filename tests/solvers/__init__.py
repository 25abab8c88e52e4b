"""Tests of the solvers' side: results, runs, the HiGHS adapter, other solvers."""
