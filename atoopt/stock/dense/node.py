"""The bound of a node: its linear program with columns generated as they pay, and a proof from any duals."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, vstack

from atoopt.solvers.run import Run
from atoopt.stock.dense.gaps import Gap, separate
from atoopt.stock.dense.lifted import Floats, Lifted

ROUNDS = 25
"""Rounds of generating columns at most; the bound holds after any number of them."""

PART = 0.01
"""A bound this near, relative to what is left to the cutoff, is not worth another round either."""

A_ROUND = 40
"""Partitions added for a product in one round."""

PRECISE = 1e-4
"""A bound this near to the program's value, relative, is not worth another round."""

GAIN = 5e-4
"""Where gap inequalities gained less, relative, no more are looked for."""

TOO_SLOW = 1e-6
"""Operations above the limit that count."""

PRICES = (10.0, 1000.0)
"""Of operations above the limit, in operations: the solver is slower with high ones, so the first comes first."""

SLACK = 0.005
"""Gap inequalities with more slack are dropped in the next round."""

TOLERANT = {"ipm_optimality_tolerance": 1e-4}
"""The proof needs no exact duals."""


@dataclass(frozen=True)
class Start:
    """What the program of a node begins with, from the one before: this node's, or its parent's.

    Attributes
    ----------
    gaps : tuple of Gap
        The gap inequalities it holds.
    duals : (rows and gaps,) array or None
    known : (columns,) array of bool or None
        The columns that the solver knows.
    value : float
        Of the program before.
    price : float
        Of operations above the limit, one of `PRICES`.
    """

    gaps: tuple[Gap, ...] = ()
    duals: Floats | None = None
    known: NDArray[np.bool_] | None = None
    value: float = -math.inf
    price: float = PRICES[0]


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
    start : Start
    """

    bound: float
    order: int
    n: tuple[int, int] = field(compare=False)
    d: tuple[int, int] = field(compare=False)
    ones: frozenset[int] = field(default=frozenset(), compare=False)
    zeros: frozenset[int] = field(default=frozenset(), compare=False)
    start: Start = field(default=Start(), compare=False)


@dataclass(frozen=True)
class Bounded:
    """What the linear program of a node says.

    Attributes
    ----------
    bound : float
        Proven by duals, whatever the solver's tolerances.
    held : (modules,) array
        The fractional stock y.
    start : Start
        For the next program.
    again : bool
        That is this node's: it has gap inequalities that this program did not know, or another price.
    """

    bound: float
    held: Floats
    start: Start
    again: bool = False


class Solved(NamedTuple):
    """What the solver says of a program: duals, columns (0 where unknown to it), and value."""

    duals: Floats
    columns: Floats
    value: float


class Infeasible(Exception):
    """No stock is in a node."""


class Program:
    """The linear program of a node: all columns, of which some are known to the solver, and gap inequalities."""

    def __init__(self, lifted: Lifted, node: Node) -> None:
        start = node.start
        self.lifted, self.gaps, self.price = lifted, start.gaps, start.price
        matrix, low, high = lifted.at(node.n, node.d)
        rows, least = lifted.gap_rows(self.gaps)
        self.matrix = csc_matrix(vstack([matrix, rows]))
        self.low = np.concatenate([low, least])
        self.high = np.concatenate([high, np.full(least.size, np.inf)])
        self.cost = lifted.cost.copy()
        self.cost[lifted.excess] = self.price * (lifted.economy.per_module + lifted.economy.per_operation)
        self.least, self.most = np.zeros(lifted.cost.size), lifted.most.copy()
        self.least[list(node.ones)] = 1.0
        self.most[list(node.zeros)] = 0.0
        excluded = np.zeros(len(lifted.modules))
        excluded[list(node.zeros)] = 1.0
        self.allowed = np.ones(lifted.cost.size, dtype=bool)
        self.allowed[lifted.first_partition :] = lifted.uses @ excluded == 0
        self.known = self.allowed & (lifted.early if start.known is None else start.known)

    def gaps_after(self, solved: Solved, violated: list[Gap]) -> tuple[tuple[Gap, ...], Floats]:
        """Return violated gap inequalities in place of the slack ones, and the duals to go on from."""
        n_fixed = self.low.size - len(self.gaps)
        slack = self.matrix[n_fixed:] @ solved.columns - self.low[n_fixed:]
        kept = np.flatnonzero(slack < SLACK)
        duals = [solved.duals[:n_fixed], solved.duals[n_fixed:][kept], np.zeros(len(violated))]
        return (*(self.gaps[i] for i in kept), *violated), np.concatenate(duals)

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
        reduced = self.cost - self.matrix.T @ duals
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
        places = np.flatnonzero(paying[first:])
        order = places[np.lexsort((reduced[first:][places], lifted.product[places]))]
        products = lifted.product[order]
        rank = np.arange(order.size) - np.searchsorted(products, products, side="left")
        self.known[first + order[rank < A_ROUND]] = True
        return bool(paying.any())

    def solve(self, seconds: float) -> Solved | None:
        """Solve over the known columns; None if not solved in time.

        Raises
        ------
        Infeasible
            Two methods agree that no z keep the rows.
        """
        highs = _highs(self._as_lp(), seconds, solver="ipm", run_crossover="off")
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            highs = _highs(self._as_lp(), seconds, solver="simplex", presolve="off")
            if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                raise Infeasible
        solution = highs.getSolution()
        if not solution.dual_valid:
            return None
        columns = np.zeros(self.known.size)
        columns[self.known] = solution.col_value
        value = self.lifted.economy.base + highs.getInfo().objective_function_value
        return Solved(np.array(solution.row_dual), columns, value)

    def _as_lp(self) -> highspy.HighsLp:
        known: NDArray[np.bool_] = self.known
        matrix: csc_matrix = self.matrix[:, known]
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = matrix.shape
        lp.col_cost_ = self.cost[known]
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
    """Bound a node, and find gap inequalities that would tighten its program, unless the last ones gained little.

    Returns
    -------
    Bounded or None
        None where not even one program was solved in time.

    Raises
    ------
    Infeasible
    """
    program = Program(lifted, node)
    found, solved = _converged(program, node.start.duals, run, cutoff)
    if found is None or solved is None or found.bound >= cutoff or node.n[0] < node.n[1]:
        return found
    price = PRICES[-1] if solved.columns[lifted.excess] > TOO_SLOW else program.price
    gained = solved.value - node.start.value >= GAIN * abs(solved.value)
    # below a fixed module there are too many nodes for several programs each
    violated = separate(lifted.moments(solved.columns)) if gained and not (node.ones or node.zeros) else []
    gaps, duals = program.gaps_after(solved, violated)
    start = replace(found.start, gaps=gaps, duals=duals, price=price)
    return replace(found, start=start, again=bool(violated) or price != program.price)


def _converged(
    program: Program, center: Floats | None, run: Run, cutoff: float
) -> tuple[Bounded | None, Solved | None]:
    """Generate columns until none pays, the bound reaches `cutoff`, or the time is up.

    Returns
    -------
    bounded : Bounded or None
    solved : Solved or None
        The last program, None where it was not solved in time.
    """
    best: Bounded | None = None
    solved, bound = None, -math.inf
    if center is not None:
        bound, _ = program.proof(center)
    for _ in range(ROUNDS):
        solved = program.solve(run.remaining)
        if solved is None:
            return best, None
        duals, value = solved.duals, solved.value
        # between the best duals and the latest the bound is often better than at either
        fresh = False
        for point in [duals] if center is None else [duals, 0.5 * (duals + center)]:
            proven, reduced = program.proof(point)
            if proven > bound:
                bound, center = proven, point
            fresh |= program.learn(reduced)
        if center is None:
            return best, None
        start = Start(program.gaps, center, program.known, value, program.price)
        best = Bounded(bound, solved.columns[: len(program.lifted.modules)], start)
        far = max(PRECISE * abs(value), PART * (cutoff - value) if math.isfinite(cutoff) else 0.0)
        if bound >= min(cutoff, value - far) or run.stopped or not fresh:
            break
    return best, solved
