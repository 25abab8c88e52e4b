"""PDHG leaves out what is idle, and ends where it would have ended with everything."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

import atoopt
from atoopt.stock.candidates import closed_sets
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master import pdhg, pdhg_kernel
from atoopt.stock.column_generation.master.pdhg import first_duals, run_pdhg
from atoopt.stock.column_generation.master.restricted_master import Primal
from atoopt.stock.column_generation.relaxation import relax


def everything(kernels: ModuleType, counts: list[int]) -> Any:
    """Return a stand-in for the choice of pairs that chooses all, but counts those that would have been left out."""
    wake = kernels.choose_active

    def choose(*arguments: Any) -> int:
        master, active = arguments[-3:-1]
        wake(*arguments)
        counts.append(master.columns.product.size - int(active.first[-1]))
        active.places[:], active.first[:] = np.arange(active.places.size), master.columns.start
        return int(active.places.size)

    return choose


def test_what_is_left_out_would_not_have_been_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty iterations near the end, with a choice of pairs in the first, give the same duals with all pairs."""
    instance = atoopt.load("instances/stock/harness-12.json")
    relaxation, counts = relax(instance), list[int]()
    pool = ColumnPool(relaxation)
    pool.add(closed_sets(instance, 400).masks)
    part = pool.whole_master()
    nothing = Primal(np.zeros(part.pair.size), np.zeros(len(pool)))
    start = run_pdhg(part, first_duals(relaxation), nothing, 2000)
    duals, primal = run_pdhg(part, *start, 60)
    monkeypatch.setattr(pdhg_kernel, "choose_active", everything(pdhg_kernel, counts))
    monkeypatch.setattr(pdhg, "iterate", pdhg_kernel.iterate.py_func)
    of_all, used = run_pdhg(part, *start, 60)
    assert min(counts) > part.pair.size / 10
    assert duals.rows == pytest.approx(of_all.rows, abs=1e-7)
    assert primal.pairs == pytest.approx(used.pairs, abs=1e-7)
