"""The steps of annealing that Python takes, as one kernel: walk and sample look for moves by the same code.

One kernel holds that code once, where several would each be compiled with all of it.
"""

from __future__ import annotations

import numpy as np

from atoopt.kernels.declare import kernel
from atoopt.stock.annealing import evaluation
from atoopt.stock.annealing import walk as walking
from atoopt.stock.annealing.moves import propose as proposing
from atoopt.stock.annealing.state import Array, State

WALK, SAMPLE, PROPOSE, EVALUATE, APPLY, KEEP_BEST, RESUM = range(7)


@kernel("annealing", _nrt=False)
def _take(  # type: ignore[no-untyped-def]  # pragma: no cover
    step, data, held, built, move, effect, search, best, random, first, second, real, other,
    penalty, kinds, counts, feasible, increases,
):  # fmt: skip
    """Take a step; return up to three numbers, by its door below."""
    if step == WALK:
        walking.walk(
            data, held, built, move, effect, search, best, random, first, real, penalty, kinds, counts, feasible
        )
    elif step == SAMPLE:
        n = walking.sample(data, held, built, move, effect, search, random, first, penalty, kinds, increases)
        return n, 0.0, 0.0
    elif step == PROPOSE:
        n_out, n_new = proposing.propose(data, held, built, move, random, first)
        return n_out, np.float64(n_new), 0.0
    elif step == EVALUATE:
        return evaluation.evaluate(data, held, built, move, effect, search, first, second, real)
    elif step == APPLY:
        evaluation.apply_move(data, held, built, move, effect, search, first, second, real, other)
    elif step == KEEP_BEST:
        return np.int64(walking.keep_best(data, held, best)), 0.0, 0.0
    else:
        walking.resum(data, held, built)
    return 0, 0.0, 0.0


_NO_REALS, _NO_INTS, _NO_COUNTS = np.zeros(0), np.zeros(0, np.int64), np.zeros((0, 3), np.int64)


def walk(
    state: State, n_moves: int, temperature: float, penalty: Array, kinds: Array, counts: Array, feasible: Array
) -> None:
    """Make `n_moves` moves at one temperature, see `walk.walk`."""
    _take(WALK, *state, n_moves, 0, temperature, 0.0, penalty, kinds, counts, feasible, _NO_REALS)


def sample(state: State, n_moves: int, penalty: Array, kinds: Array, increases: Array) -> int:
    """Look at `n_moves` neighbors without moving; fill in the increases, return their number."""
    found = _take(SAMPLE, *state, n_moves, 0, 0.0, 0.0, penalty, kinds, _NO_COUNTS, _NO_INTS, increases)
    return int(found[0])


def propose(state: State, kind: int) -> tuple[int, int]:
    """Draw a neighbor of a kind; return how many modules leave and how many enter."""
    n_out, n_new, _ = _simply(PROPOSE, state, kind)
    return n_out, int(n_new)


def evaluate(state: State, n_out: int, n_new: int, most_operations: float) -> tuple[int, float, float]:
    """Find what a move changes, see `evaluation.evaluate`: code, operations, share in time."""
    return _simply(EVALUATE, state, n_out, n_new, most_operations)


def apply_move(state: State, n_out: int, n_new: int, operations: float, in_time: float) -> None:
    """Make the move that `evaluate` has just looked at."""
    _simply(APPLY, state, n_out, n_new, operations, in_time)


def keep_best(state: State) -> bool:
    """Store the stock if it is feasible and the cheapest so far; return whether it was."""
    return bool(_simply(KEEP_BEST, state)[0])


def resum(state: State) -> None:
    """Sum anew what every move updates, so that rounding does not pile up."""
    _simply(RESUM, state)


def _simply(
    step: int, state: State, first: int = 0, second: int = 0, real: float = 0.0, other: float = 0.0
) -> tuple[int, float, float]:
    """Take a step that needs no more than numbers."""
    numbers: tuple[int, float, float] = _take(
        step, *state, first, second, float(real), float(other), _NO_REALS, _NO_INTS, _NO_COUNTS, _NO_INTS, _NO_REALS
    )
    return numbers
