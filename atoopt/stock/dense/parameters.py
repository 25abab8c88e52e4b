"""The numbers of the pair relaxation and of its search, with a reason for each; those of gaps are in `gaps`."""

from __future__ import annotations

from dataclasses import dataclass

from atoopt.stock.branch_and_bound import SearchParameters


@dataclass(frozen=True)
class SuitParameters:
    """Which demand is dense.

    Attributes
    ----------
    max_modules, max_subsets : int
        Candidate modules, and subsets of products looked at to count them.
    least_partitions, max_partitions : int
        Of the products into candidates: with fewer, *pattern* as a whole is solved sooner; more are too many columns.
    annealing_seconds : float
        Annealing beside the search: few modules, so that a walk soon finds nothing better.
    """

    max_modules: int = 400
    max_subsets: int = 20_000
    least_partitions: int = 8_000
    max_partitions: int = 60_000
    annealing_seconds: float = 30.0


@dataclass(frozen=True)
class PairParameters:
    """What the pair relaxation is made of.

    Attributes
    ----------
    max_paired : int
        Pairs are formed of at most so many modules, those of fewest components: 4,005 pairs.
    max_shared : int
        Stocks where a component is in more than k + 1 modules gain little from the inequality with k.
    max_early_size : int
        Products of up to so many components have all their partitions from the start: few.
    max_paired_size : int
        Partitions of larger products are limited by single modules only: their pairs are many, their demand is little.
    """

    max_paired: int = 90
    max_shared: int = 8
    max_early_size: int = 5
    max_paired_size: int = 6


@dataclass(frozen=True)
class BoundingParameters:
    """How a node's program is solved.

    Attributes
    ----------
    max_rounds : int
        Rounds of generating columns at most; the bound holds after any number of them.
    columns_a_round : int
        Partitions added for a product in one round.
    least_reduced_cost : float
        Columns whose reduced cost is above minus this do not pay: the solver's tolerance.
    near_value, near_cutoff : float
        A bound this near to the program's value, relative, or this near to it in what is left to the cutoff, is not
        worth another round.
    least_gain : float
        Where gap inequalities gained less, relative, no more are looked for.
    least_excess : float
        Operations above the limit that count.
    excess_prices : tuple of float
        Of operations above the limit, in modules and operations: the solver is slower with high ones, so the first
        comes first.
    max_slack : float
        Gap inequalities with more slack are dropped in the next round.
    ipm_tolerance : float
        The proof needs no exact duals.
    least_seconds : float
        HiGHS is given as long at least.
    """

    max_rounds: int = 25
    columns_a_round: int = 40
    least_reduced_cost: float = 1e-8
    near_value: float = 1e-4
    near_cutoff: float = 0.01
    least_gain: float = 5e-4
    least_excess: float = 1e-6
    excess_prices: tuple[float, float] = (10.0, 1000.0)
    max_slack: float = 0.005
    ipm_tolerance: float = 1e-4
    least_seconds: float = 0.1


@dataclass(frozen=True)
class SplitParameters:
    """How nodes are split.

    Attributes
    ----------
    whole : float
        Sums of fractional stocks this near to a whole number are whole.
    around : int
        Of a range, whole numbers so far from the fractional value are nodes of their own.
    around_known : int
        Likewise around the number of modules of the stock known at the start.
    round_every : int
        Every so many nodes the fractional stock is rounded.
    modules_rounded : int
        To so many modules, times as many as it holds.
    """

    whole: float = 1e-4
    around: int = 1
    around_known: int = 3
    round_every: int = 5
    modules_rounded: int = 4


SUITS = SuitParameters()
PAIRS = PairParameters()
BOUNDING = BoundingParameters()
SPLIT = SplitParameters()
SEARCH = SearchParameters(look_seconds=0.1)
