"""The bound of a node: columns are generated as they pay, gap inequalities as they are violated."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from atoopt.solvers.run import Run
from atoopt.stock.dense.gaps import separate
from atoopt.stock.dense.node import Node, Start
from atoopt.stock.dense.pair_relaxation import PairRelaxation
from atoopt.stock.dense.parameters import BOUNDING, BoundingParameters
from atoopt.stock.dense.program import Program, Solved
from atoopt.stock.dense.rows import Floats


@dataclass(frozen=True)
class Bounded:
    """What the linear program of a node says.

    Attributes
    ----------
    bound : float
        Proven by duals, whatever the solver's tolerances.
    y : (modules,) array
        The fractional stock.
    start : Start
        For the next program.
    again : bool
        That is this node's: it has gap inequalities that this program did not know, or another price.
    """

    bound: float
    y: Floats
    start: Start
    again: bool = False


def bounded(
    relaxation: PairRelaxation, node: Node, run: Run, cutoff: float, parameters: BoundingParameters = BOUNDING
) -> Bounded | None:
    """Bound a node, and find gap inequalities that would tighten its program, unless the last ones gained little.

    Returns
    -------
    Bounded or None
        None where not even one program was solved in time.

    Raises
    ------
    Infeasible
    """
    program = Program(relaxation, node, parameters)
    best, solved = generate_columns(program, node.start.duals, run, cutoff)
    if best is None or solved is None or best.bound >= cutoff or node.number[0] < node.number[1]:
        return best
    is_over = solved.columns[relaxation.columns.excess] > parameters.least_excess
    price = parameters.excess_prices[-1] if is_over else program.price
    gained = solved.value - node.start.value >= parameters.least_gain * abs(solved.value)
    # below a fixed module there are too many nodes for several programs each
    violated = separate(relaxation.moments(solved.columns)) if gained and not (node.ones or node.zeros) else []
    gaps, duals = program.gaps_after(solved, violated)
    start = replace(best.start, gaps=gaps, duals=duals, price=price)
    return replace(best, start=start, again=bool(violated) or price != program.price)


def generate_columns(
    program: Program, center: Floats | None, run: Run, cutoff: float
) -> tuple[Bounded | None, Solved | None]:
    """Generate columns until none pays, the bound reaches `cutoff`, or the time is up.

    Parameters
    ----------
    program : Program
    center : array or None
        The best duals known.
    run : Run
    cutoff : float

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
    for _ in range(program.parameters.max_rounds):
        solved = program.solve(run.remaining)
        if solved is None:
            return best, None
        # between the best duals and the latest the bound is often better than at either
        is_new = False
        for point in [solved.duals] if center is None else [solved.duals, 0.5 * (solved.duals + center)]:
            proven, reduced = program.proof(point)
            if proven > bound:
                bound, center = proven, point
            is_new |= program.learn(reduced)
        if center is None:
            return best, None
        start = Start(program.gaps, center, program.known, solved.value, program.price)
        best = Bounded(bound, solved.columns[: len(program.relaxation.modules)], start)
        if bound >= _enough(program.parameters, solved.value, cutoff) or run.stopped or not is_new:
            break
    return best, solved


def _enough(parameters: BoundingParameters, value: float, cutoff: float) -> float:
    """Return the bound at which another round is not worth it."""
    to_cutoff = parameters.near_cutoff * (cutoff - value) if math.isfinite(cutoff) else 0.0
    return min(cutoff, value - max(parameters.near_value * abs(value), to_cutoff))
