"""The bound of a node: its linear program with columns generated as they pay, and a proof from any duals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from atoopt.solvers.run import Run
from atoopt.stock.dense.lifted import Floats, Lifted

ROUNDS = 25
"""Rounds of generating columns at most; the bound holds after any number of them."""

PART = 0.01
"""A bound this near, relative to what is left to the cutoff, is not worth another round either."""

A_ROUND = 15
"""Partitions added for a product in one round."""

PRECISE = 1e-4
"""A bound this near to the program's value, relative, is not worth another round."""

NEARLY, FAR = 0.02, 3e-4
"""From where a program is this near to its bound, columns of reduced cost above that, in operations, are forgotten."""

TOLERANT = {"ipm_optimality_tolerance": 1e-5}
"""The proof needs no exact duals."""


@dataclass(order=True)
class Node:
    """Ranges of N and D, and modules held and excluded; the open node of least bound comes first.

    Attributes
    ----------
    bound : float
        No stock of the node costs less.
    order : int
        Breaks ties.
    n, d : (int, int)
        Least and most of the number of modules of several components, and of their components beyond two.
    ones, zeros : frozenset of int
        Places of modules fixed in stock, and excluded.
    duals : (rows,) array or None
        Of the parent's program.
    known : (columns,) array of bool or None
        The columns that the parent's program knew in the end.
    """

    bound: float
    order: int
    n: tuple[int, int] = field(compare=False)
    d: tuple[int, int] = field(compare=False)
    ones: frozenset[int] = field(default=frozenset(), compare=False)
    zeros: frozenset[int] = field(default=frozenset(), compare=False)
    duals: Floats | None = field(default=None, compare=False)
    known: NDArray[np.bool_] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Bounded:
    """What the linear program of a node says.

    Attributes
    ----------
    bound : float
        Proven by `duals`, whatever the solver's tolerances.
    duals : (rows,) array
    known : (columns,) array of bool
        The columns that the program knew in the end.
    held : (modules,) array
        The fractional stock y.
    """

    bound: float
    duals: Floats
    known: NDArray[np.bool_]
    held: Floats


class Infeasible(Exception):
    """No stock is in a node."""


class Program:
    """The linear program of a node: all columns, of which some are known to the solver."""

    def __init__(self, lifted: Lifted, node: Node) -> None:
        self.lifted = lifted
        self.matrix, self.low, self.high = lifted.at(node.n, node.d)
        self.least, self.most = np.zeros(lifted.cost.size), lifted.most.copy()
        self.least[list(node.ones)] = 1.0
        self.most[list(node.zeros)] = 0.0
        excluded = np.zeros(len(lifted.modules))
        excluded[list(node.zeros)] = 1.0
        self.allowed = np.ones(lifted.cost.size, dtype=bool)
        self.allowed[lifted.first_partition :] = lifted.uses @ excluded == 0
        if node.known is not None:
            self.known = node.known.copy()
        else:
            self.known = ~lifted.optional
            self.known[: lifted.first_partition] = True
            self.known[lifted.first_partition :] |= lifted.short
        self.known &= self.allowed

    def proof(self, duals: Floats) -> tuple[float, Floats]:
        """Return the bound that duals prove over all columns, and the columns' reduced costs.

        Weak duality: each row is worth its dual times the limit that the sign points at, each column at best its
        reduced cost at one of its limits; and one partition of each product is chosen, at best the cheapest.
        """
        lifted, first = self.lifted, self.lifted.first_partition
        duals = np.where(np.isneginf(self.low), np.minimum(duals, 0.0), duals)
        duals = np.where(np.isposinf(self.high), np.maximum(duals, 0.0), duals)
        used = duals != 0
        limits = np.where(duals > 0, self.low, self.high)
        rows = float(duals[used] @ limits[used])
        reduced = lifted.cost - self.matrix.T @ duals
        others = reduced[:first]
        columns = float(np.sum(np.where(others > 0, others * self.least[:first], others * self.most[:first])))
        cheapest = np.full(self.low.size, np.inf)
        usable = self.allowed[first:]
        np.minimum.at(cheapest, lifted.product[usable], reduced[first:][usable])
        partitions = float(cheapest[np.isfinite(cheapest)].sum())
        return lifted.economy.base + rows + columns + partitions, reduced

    def learn(self, reduced: Floats) -> bool:
        """Let the solver know columns that pay at these reduced costs; return whether there are any."""
        lifted, first = self.lifted, self.lifted.first_partition
        paying = self.allowed & ~self.known & (reduced < -1e-8)
        self.known[:first] |= paying[:first]
        places = np.flatnonzero(paying[first:])
        order = places[np.lexsort((reduced[first:][places], lifted.product[places]))]
        products = lifted.product[order]
        rank = np.arange(order.size) - np.searchsorted(products, products, side="left")
        self.known[first + order[rank < A_ROUND]] = True
        return bool(paying.any())

    def forget(self, reduced: Floats) -> None:
        """Let the solver forget columns that are far from paying at these reduced costs: it is the faster for it."""
        far = self.lifted.optional & (reduced > FAR * self.lifted.economy.per_operation)
        self.known &= ~far

    def solve(self, seconds: float) -> tuple[Floats, Floats, float] | None:
        """Return duals, columns (0 where unknown to the solver) and value; None if not solved in time.

        Raises
        ------
        Infeasible
            Two methods agree that no z keep the rows.
        """
        highs = _highs(self._as_lp(), seconds, solver="ipm", run_crossover="off")
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            self.known |= self.allowed & (np.arange(self.known.size) < self.lifted.first_partition)
            highs = _highs(self._as_lp(), seconds, solver="simplex", presolve="off")
            if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                raise Infeasible
        solution = highs.getSolution()
        if not solution.dual_valid:
            return None
        columns = np.zeros(self.known.size)
        columns[self.known] = solution.col_value
        value = self.lifted.economy.base + highs.getInfo().objective_function_value
        return np.array(solution.row_dual), columns, value

    def _as_lp(self) -> highspy.HighsLp:
        known: NDArray[np.bool_] = self.known
        matrix: csc_matrix = self.matrix[:, known]
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = self.lifted.cost[known]
        lp.col_lower_, lp.col_upper_ = self.least[known], self.most[known]
        lp.row_lower_, lp.row_upper_ = self.low, self.high
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = matrix.data
        return lp


def _highs(lp: highspy.HighsLp, seconds: float, **options: str) -> highspy.Highs:
    """Solve a linear program on one thread."""
    highs = highspy.Highs()
    always = {"output_flag": False, "threads": 1, "time_limit": max(seconds, 0.1)}
    for name, value in (always | TOLERANT | options).items():
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    highs.run()
    return highs


def bounded(lifted: Lifted, node: Node, run: Run, cutoff: float) -> Bounded | None:
    """Bound a node, generating columns until none pays, the bound reaches `cutoff`, or the time is up.

    Returns
    -------
    Bounded or None
        None where not even one program was solved in time.

    Raises
    ------
    Infeasible
    """
    program = Program(lifted, node)
    best: Bounded | None = None
    bound, center, forgotten = -math.inf, node.duals, False
    if center is not None:
        bound, _ = program.proof(center)
    for _ in range(ROUNDS):
        solved = program.solve(run.remaining)
        if solved is None:
            return best
        duals, columns, value = solved
        # between the best duals and the latest the bound is often better than at either
        fresh = False
        for point in [duals] if center is None else [duals, 0.5 * (duals + center)]:
            proven, reduced = program.proof(point)
            if point is duals:
                reduced_costs = reduced
            if proven > bound:
                bound, center = proven, point
            fresh |= program.learn(reduced)
        if center is None:
            return best
        best = Bounded(bound, center, program.known, columns[: len(lifted.modules)])
        far = max(PRECISE * abs(value), PART * (cutoff - value) if math.isfinite(cutoff) else 0.0)
        if not forgotten and value - bound < NEARLY * abs(value):
            forgotten = True
            program.forget(reduced_costs)
        if bound >= min(cutoff, value - far) or run.stopped or not fresh:
            return best
    return best
