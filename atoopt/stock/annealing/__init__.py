"""Simulated annealing (the paper's scheme) with fast moves: see `solve` and `anneal`."""

from atoopt.stock.annealing.search import Annealed, anneal

__all__ = ["Annealed", "anneal"]
