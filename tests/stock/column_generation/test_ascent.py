"""The ascent leaves out what is idle, and ends where it would have ended with everything."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.stock.candidates import closed_sets
from atoopt.stock.column_generation import ascent, ascent_kernel
from atoopt.stock.column_generation.ascent import Primal, ascend, first_duals
from atoopt.stock.column_generation.pool import Pool
from atoopt.stock.column_generation.relaxation import relax


def everything(kernels: ModuleType, counts: list[int]) -> Any:
    """Return a stand-in for the choice of pairs that chooses all, but counts those that would have been left out."""
    wake = kernels._wake

    def choose(*arguments: Any) -> int:
        terms, awake, first_awake = arguments[-3:]
        wake(*arguments)
        counts.append(terms.product.size - int(first_awake[-1]))
        awake[:], first_awake[:] = np.arange(awake.size), terms.start
        return int(awake.size)

    return choose


def test_what_is_left_out_would_not_have_been_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty iterations near the end, with a choice of pairs in the first, give the same duals with all pairs."""
    instance = atoopt.load("instances/stock/harness-12.json")
    relaxation, counts = relax(instance), list[int]()
    pool = Pool(relaxation)
    pool.add(closed_sets(instance, 400).masks)
    part = pool.whole()
    nothing = Primal(np.zeros(part.pair.size), np.zeros(len(pool)))
    start = ascend(relaxation, part, first_duals(relaxation), nothing, 2000)
    duals, primal = ascend(relaxation, part, *start, 60)
    monkeypatch.setattr(ascent_kernel, "_wake", everything(ascent_kernel, counts))
    monkeypatch.setattr(ascent, "iterate", ascent_kernel.iterate.py_func)
    of_all, used = ascend(relaxation, part, *start, 60)
    assert min(counts) > part.pair.size / 10
    assert duals.rows == pytest.approx(of_all.rows, abs=1e-7)
    assert primal.pairs == pytest.approx(used.pairs, abs=1e-7)
