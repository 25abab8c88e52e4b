"""Holding and backorder costs: the published system, its bound over all policies, and brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import atoopt
from atoopt.levels.evaluation import evaluate_levels
from atoopt.levels.two_stage import lower_bound
from atoopt.solvers.run import Run
from tests.levels.systems import W_SYSTEM, instance_of, random_instance

COSTS = {"holding": 1.0, "backorder": [10.0, 6.0]}


def test_the_w_system_and_its_bound() -> None:
    """Cost 9.479710 at (7, 5, 3), and no policy below 8.837425."""
    result = atoopt.solve(instance_of(W_SYSTEM["lead"], W_SYSTEM["orders"], costs=COSTS))
    assert result.solution.levels.tolist() == [7, 5, 3]
    assert result.objective == pytest.approx(9.47971021901382, abs=1e-7)
    assert result.bound == pytest.approx(8.83742506704841, abs=1e-6)
    assert result.details["bound_of"] == "every policy"


@pytest.mark.parametrize("seed", range(10))
def test_the_bound_holds_for_all_levels(seed: int) -> None:
    """On random systems the levels found are the best of all near them, and the bound is below."""
    costs = {"holding": 1.0, "backorder": 8.0}
    result = atoopt.solve(instance := random_instance(500 + seed, 2, costs=costs))
    found = result.solution.levels
    near = product(*(range(max(0, s - 2), s + 3) for s in found.tolist()))
    assert result.objective <= min(evaluate_levels(instance, np.array(s)).cost for s in near) + 1e-9
    assert result.bound is not None and result.bound <= result.objective


def test_no_two_stage_bound_where_lead_times_differ() -> None:
    """The program is of one lead time; None says that there is no such bound."""
    assert lower_bound(instance_of([1.0, 2.0], [([0, 1], 1.0)], costs={"holding": 1, "backorder": 9}), Run()) is None
