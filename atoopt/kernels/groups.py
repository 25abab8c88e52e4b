"""Which kernels are compiled together, how each group is called upon, and which sources all kernels depend on."""

from __future__ import annotations

GROUPS = {
    "packing": "atoopt.stock.kernels:packing",
    "annealing": "atoopt.stock.kernels:annealing",
    "pricing": "atoopt.stock.kernels:pricing",
    "ascent": "atoopt.stock.kernels:ascent",
    "gaps": "atoopt.stock.kernels:gaps",
    "enumeration": "atoopt.stock.kernels:enumeration",
    "connected": "atoopt.stock.kernels:connected",
    "frontier": "atoopt.policy.kernels:frontier",
    "levels": "atoopt.levels.kernels:levels",
}
"""Per group the function that calls each of its kernels once, with arguments as the methods give them.

A group is what one child process compiles, so that groups of about the same size are soonest done.
"""

SOURCES = (
    "sets/connected_kernel.py",
    "kernels/declare.py",
    "kernels/held_back.py",
    "levels/exact_kernel.py",
    "levels/search/scenario_kernel.py",
    "policy/frontier/merge.py",
    "stock/annealing/bits.py",
    "stock/annealing/estimate.py",
    "stock/annealing/evaluation.py",
    "stock/annealing/moves/allowed.py",
    "stock/annealing/moves/cut.py",
    "stock/annealing/moves/draws.py",
    "stock/annealing/moves/exchange.py",
    "stock/annealing/moves/fresh.py",
    "stock/annealing/moves/join.py",
    "stock/annealing/moves/kinds.py",
    "stock/annealing/moves/propose.py",
    "stock/annealing/moves/swap.py",
    "stock/annealing/moves/toggle.py",
    "stock/annealing/packing.py",
    "stock/annealing/state.py",
    "stock/annealing/steps.py",
    "stock/annealing/walk.py",
    "stock/candidates.py",
    "stock/heuristics/sequences.py",
    "stock/column_generation/cuts/clique_cuts.py",
    "stock/column_generation/cuts/clique_kernel.py",
    "stock/column_generation/cuts/clique_separation.py",
    "stock/column_generation/cuts/envelope_rows.py",
    "stock/column_generation/cuts/envelope_separation.py",
    "stock/column_generation/cuts/subset_kernel.py",
    "stock/column_generation/master/lagrangian_kernel.py",
    "stock/column_generation/master/pdhg.py",
    "stock/column_generation/master/pdhg_kernel.py",
    "stock/column_generation/master/pdhg_step.py",
    "stock/column_generation/pricing/dual_repair.py",
    "stock/column_generation/pricing/price_kernel.py",
    "stock/column_generation/pricing/pricing_problem.py",
    "stock/dense/gaps.py",
    "stock/enumeration/enumerate_kernel.py",
    "stock/packing.py",
)
"""The files with kernels, and those with the constants and named tuples that kernels of other files refer to."""
