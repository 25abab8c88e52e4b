"""The linear program of a node: solved over the columns known, priced over all, and a proof from any duals."""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, vstack

from atoopt.solvers.highs_calls import as_lp, new_highs
from atoopt.stock.dense.gaps import Gap
from atoopt.stock.dense.node import Node
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.parameters import BOUNDING, BoundingParameters
from atoopt.stock.dense.rows import Floats


class Solved(NamedTuple):
    """What the solver says of a program: duals, columns (0 where unknown to it), and value."""

    duals: Floats
    columns: Floats
    value: float


class Infeasible(Exception):
    """No stock is in a node."""


class Program:
    """The linear program of a node: all columns, of which some are known to the solver, and gap inequalities.

    Attributes
    ----------
    allowed, known : (columns,) arrays of bool
        The columns without excluded modules; of these, those that the solver knows.
    """

    def __init__(self, relaxation: PairRelaxation, node: Node, parameters: BoundingParameters = BOUNDING) -> None:
        start = node.start
        self.relaxation, self.gaps, self.price, self.parameters = relaxation, start.gaps, start.price, parameters
        matrix, low, high = relaxation.at(node.number, node.extra)
        rows, least = relaxation.gap_rows(self.gaps)
        self.matrix = csc_matrix(vstack([matrix, rows]))
        self.low = np.concatenate([low, least])
        self.high = np.concatenate([high, np.full(least.size, np.inf)])
        equation, n = relaxation.equation, relaxation.cost.size
        self.cost = relaxation.cost.copy()
        self.cost[relaxation.columns.excess] = self.price * (equation.module(2) + equation.per_operation)
        self.lower, self.upper = np.zeros(n), relaxation.upper.copy()
        self.lower[list(node.ones)] = 1.0
        self.upper[list(node.zeros)] = 0.0
        excluded = np.zeros(len(relaxation.modules))
        excluded[list(node.zeros)] = 1.0
        self.allowed = np.ones(n, dtype=bool)
        self.allowed[relaxation.columns.n :] = relaxation.partitions.uses @ excluded == 0
        self.known = self.allowed & (relaxation.early if start.known is None else start.known)

    def gaps_after(self, solved: Solved, violated: list[Gap]) -> tuple[tuple[Gap, ...], Floats]:
        """Return violated gap inequalities in place of the slack ones, and the duals to go on from."""
        n_fixed = self.low.size - len(self.gaps)
        slack = self.matrix[n_fixed:] @ solved.columns - self.low[n_fixed:]
        kept = np.flatnonzero(slack < self.parameters.max_slack)
        duals = [solved.duals[:n_fixed], solved.duals[n_fixed:][kept], np.zeros(len(violated))]
        return (*(self.gaps[i] for i in kept), *violated), np.concatenate(duals)

    def proof(self, duals: Floats) -> tuple[float, Floats]:
        """Return the bound that duals prove over all columns, and the columns' reduced costs.

        Weak duality: each row is worth its dual times the limit that the sign points at, each column at best its
        reduced cost at one of its limits; and one partition of each product is chosen, at best the cheapest.
        """
        relaxation, first = self.relaxation, self.relaxation.columns.n
        duals = np.where(np.isneginf(self.low), np.minimum(duals, 0.0), duals)
        duals = np.where(np.isposinf(self.high), np.maximum(duals, 0.0), duals)
        used = duals != 0
        limits = np.where(duals > 0, self.low, self.high)
        rows = float(duals[used] @ limits[used])
        reduced = self.cost - self.matrix.T @ duals
        others = reduced[:first]
        columns = float(np.sum(np.where(others > 0, others * self.lower[:first], others * self.upper[:first])))
        cheapest = np.full(self.low.size, np.inf)
        usable = self.allowed[first:]
        np.minimum.at(cheapest, relaxation.partitions.product[usable], reduced[first:][usable])
        partitions = float(cheapest[np.isfinite(cheapest)].sum())
        return relaxation.equation.base + rows + columns + partitions, reduced

    def learn(self, reduced: Floats) -> bool:
        """Let the solver know columns that pay at these reduced costs; return whether there are any."""
        relaxation, first = self.relaxation, self.relaxation.columns.n
        paying = self.allowed & ~self.known & (reduced < -self.parameters.least_reduced_cost)
        places = np.flatnonzero(paying[first:])
        order = places[np.lexsort((reduced[first:][places], relaxation.partitions.product[places]))]
        products = relaxation.partitions.product[order]
        rank = np.arange(order.size) - np.searchsorted(products, products, side="left")
        self.known[first + order[rank < self.parameters.columns_a_round]] = True
        return bool(paying.any())

    def solve(self, seconds: float) -> Solved | None:
        """Solve over the known columns; None if not solved in time.

        Raises
        ------
        Infeasible
            Two methods agree that no z keep the rows.
        """
        highs = self._highs(seconds, solver="ipm", run_crossover="off")
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            highs = self._highs(seconds, solver="simplex", presolve="off")
            if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
                raise Infeasible
        solution = highs.getSolution()
        if not solution.dual_valid:
            return None
        columns = np.zeros(self.known.size)
        columns[self.known] = solution.col_value
        value = self.relaxation.equation.base + highs.getInfo().objective_function_value
        return Solved(np.array(solution.row_dual), columns, value)

    def _as_lp(self) -> highspy.HighsLp:
        known: NDArray[np.bool_] = self.known
        matrix: csc_matrix = self.matrix[:, known]
        return as_lp(self.cost[known], (self.lower[known], self.upper[known]), (self.low, self.high), matrix)

    def _highs(self, seconds: float, **options: str) -> highspy.Highs:
        """Solve over the known columns on one thread."""
        parameters = self.parameters
        limits = {
            "threads": 1, "time_limit": max(seconds, parameters.least_seconds),
            "ipm_optimality_tolerance": parameters.ipm_tolerance,
        }  # fmt: skip
        highs = new_highs(limits | options)
        highs.passModel(self._as_lp())
        highs.run()
        return highs
