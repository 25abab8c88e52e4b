"""Every method against brute force."""

from __future__ import annotations

import pytest

import atoopt
from tests.diversity.random_orders import brute_force, random_orders


@pytest.mark.parametrize("method", ["milp"])
def test_methods_find_what_brute_force_finds(method: str) -> None:
    """Least give-away proven, or infeasibility, with zero and other weights."""
    for seed in range(60):
        instance = random_orders(seed)
        result, truth = atoopt.solve(instance, method), brute_force(instance)
        if truth is None:
            assert result.status == "infeasible", seed
            assert "within no other" in result.message
        else:
            assert result.status == "optimal", seed
            assert result.objective == pytest.approx(truth, abs=1e-9), seed
