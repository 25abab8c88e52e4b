"""The first run compiles the kernels: groups of them at once, each in a child process that fills the disk cache.

One after the other they take half a minute; a child a group takes as long as the longest group.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from atoopt.solvers.run import Run
from atoopt.stock.instance import Costs, Product, StockInstance

LOOK = 0.2
"""Seconds between two looks at whether the run is to stop."""


def tiny() -> StockInstance:
    """Return an instance on which every kernel takes no time, once it is compiled."""
    costs = Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.4, final_assembly=10.0)
    products = tuple(Product(components=tuple(letters), demand=1.0) for letters in ("abc", "ab", "bc", "ac"))
    return StockInstance(
        name="tiny", components=tuple("abc"), products=products, costs=costs, max_mean_assembly_time=1.0
    )


def packing() -> None:
    """Compile what evaluates a stock, and what lets one grow."""
    from atoopt.stock.candidates import closed_sets
    from atoopt.stock.construct import heuristic_stocks
    from atoopt.stock.evaluate import evaluate_masks

    closed_sets(tiny(), 10)
    heuristic_stocks(tiny(), Run())
    evaluate_masks(tiny(), [0b011])


def moves() -> None:
    """Compile the proposals of annealing."""
    from atoopt.stock.annealing.moves import propose
    from atoopt.stock.annealing.setup import make_state

    state = make_state(tiny(), (), 0)
    propose(state.data, state.held, state.built, state.move, state.random, 0)


def evaluation() -> None:
    """Compile what a move of annealing changes."""
    from atoopt.stock.annealing.setup import make_state

    make_state(tiny(), (0b011,), 0)


def relaxation() -> None:
    """Compile pricing, cuts and the dual ascent of decomposition."""
    from atoopt.stock.decomposition.ascent import Primal, ascend, dual_value, first_duals
    from atoopt.stock.decomposition.bound import certify
    from atoopt.stock.decomposition.envelope import most_broken
    from atoopt.stock.decomposition.pool import Pool
    from atoopt.stock.decomposition.relaxation import relax

    relaxed = relax(tiny())
    pool, duals = Pool(relaxed), first_duals(relaxed)
    pool.add([0b011, 0b110, 0b101])
    certify(relaxed, pool, pool.whole(), duals)
    pool.cut_off(pool.whole(), np.full(pool.n_pairs, 0.5))
    most_broken(np.ones(3), np.full(3, 0.5), ~np.eye(3, dtype=bool), np.ones(3), np.ones(3), lambda: False)
    duals, _ = ascend(relaxed, pool.whole(), duals, Primal(np.zeros(pool.n_pairs), np.zeros(len(pool))), 1)
    dual_value(relaxed, pool.whole(), duals)


GROUPS: dict[str, Callable[[], None]] = {
    function.__name__: function for function in (packing, moves, evaluation, relaxation)
}


FOR_ANNEALING = ("packing", "moves", "evaluation")
FOR_DECOMPOSITION = tuple(GROUPS)


def compile_cold(groups: Iterable[str] = FOR_DECOMPOSITION, run: Run | None = None) -> None:
    """Compile those groups that are not on disk, a child process each, and wait for them.

    A single cold group is left to be compiled where it is used, and so is what a child could not do.

    Parameters
    ----------
    groups : iterable of str
        Of `GROUPS`.
    run : Run, optional
        Waiting ends when it is stopped, except for what evaluates a stock, for the answer needs that.
    """
    cold = cold_groups(groups)
    if len(cold) < 2 or (os.cpu_count() or 1) < 2:
        return
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "atoopt.stock.kernels"]
    children = {group: subprocess.Popen([*command, group], **quiet) for group in cold}  # type: ignore[call-overload]
    try:
        for group, child in children.items():
            while child.poll() is None and (group == "packing" or run is None or not run.stopped):
                if run is not None:
                    run.report(note="compiling, this once")
                _wait(child)
    finally:
        for child in children.values():
            if child.poll() is None:
                child.kill()
            child.wait()


def cold_groups(groups: Iterable[str]) -> list[str]:
    """Return those groups that are not on disk."""
    return [group for group in groups if not on_disk(_last_kernel(group))]


def _wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(LOOK)
    except subprocess.TimeoutExpired:
        return


def on_disk(kernel: Any) -> bool:
    """Return whether the disk cache has a compiled version of a kernel."""
    return any(Path(kernel.stats.cache_path).glob(f"*.{kernel.py_func.__name__}-*.nbi"))


def _last_kernel(group: str) -> Any:
    """Return the kernel of a group that is compiled last."""
    if group == "packing":
        from atoopt.stock.packing import repack as last
    elif group == "moves":
        from atoopt.stock.annealing.moves import propose as last
    elif group == "evaluation":
        from atoopt.stock.annealing.evaluation import apply_move as last
    else:
        from atoopt.stock.decomposition.ascent_kernel import iterate as last
    return last


if __name__ == "__main__":
    GROUPS[sys.argv[1]]()
