"""Simulated annealing (da Cunha et al. 2007, section V) with fast moves: see `solve` and `anneal`.

The paper's scheme: the cost plus a penalty where t > T; neighbors differ in one module; a worse one is
accepted with probability exp(-increase / temperature), *inferred form*; the temperature falls geometrically;
the start is the best heuristic stock. Ours besides: neighbors built from what products share, exact
assembly times kept up to date by product, moves refused by bounds on what they save, temperatures and
penalties that set themselves, one long cooling over the moves or the time there are, and kicks of the best stock.
"""

from atoopt.stock.annealing.search import Annealed, anneal, default_moves
from atoopt.stock.annealing.solve import solve

__all__ = ["Annealed", "anneal", "default_moves", "solve"]
