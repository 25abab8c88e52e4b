"""Benchmarks: run by hand, never by the test suite; each prints what it measured."""
