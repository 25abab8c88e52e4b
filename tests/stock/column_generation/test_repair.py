"""Repaired duals: no module is left a profit, and the bound pays no more for it than the profits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoopt.sets.bitsets import mask_of
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals, lagrangian
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.pricing.dual_repair import take_profits
from atoopt.stock.column_generation.pricing.pricing_problem import Charges, plain_problem
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.data.generate import log_normal
from tests.stock.column_generation.helpers import priced, within
from tests.stock.column_generation.random_charges import random_charges

FIXED, EACH, Q = 0.7, 0.1, 5


def prices(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Charges]:
    """Return has, gain, worth and charges of some products of five components."""
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 7))
    has = random.random((n, Q)) < 0.8
    gain = np.where(has, random.normal(0.6, 0.8, (n, Q)), 0.0)
    charges, _, _ = random_charges(random, n, Q, 0.5)
    return has, gain, random.uniform(0.0, 0.6, n), charges


@given(seed=st.integers(0, 100_000))
@settings(max_examples=100)
def test_no_profit_is_left_and_none_is_taken_twice(seed: int) -> None:
    """Pricing finds nothing afterwards, and all gains together fall by no more than what had a profit had."""
    has, gain, worth, charges = prices(seed)
    options = {"floor": 0.0, "most": 100, "charges": charges}
    modules, profits, _, complete = priced(has, gain, worth, (FIXED, EACH), **options)
    before = gain.copy()
    lowered = take_profits(plain_problem(has, gain, worth, (FIXED, EACH), charges=charges), modules)
    assert complete
    assert lowered.any() == bool(profits.size)
    assert not priced(has, gain, worth, (FIXED, EACH), **options)[1].size
    assert (gain <= before).all()
    assert (before - gain).sum() <= profits[lowered].sum() * (1 + 1e-6)
    assert (before - gain).sum() >= profits.max(initial=0.0) * (1 - 1e-6)


@given(seed=st.integers(0, 100_000), threads=st.sampled_from([2, 3]))
@settings(max_examples=30)
def test_threads_share_the_modules_to_price(seed: int, threads: int) -> None:
    """Several threads find what one finds."""
    has, gain, worth, charges = prices(seed)
    options = {"floor": -0.2, "most": 100, "charges": charges}
    alone = priced(has, gain, worth, (FIXED, EACH), **options)
    together = priced(has, gain, worth, (FIXED, EACH), threads=threads, **options)
    assert sorted(map(mask_of_flags, together[0])) == sorted(map(mask_of_flags, alone[0]))
    assert together[1] == pytest.approx(alone[1])
    assert together[2:] == alone[2:]


@given(seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_a_proof_leaves_no_unknown_module_a_profit(seed: int) -> None:
    """At the duals of a proof nothing pays that the pool does not know, and they prove what it says."""
    random = np.random.default_rng(seed)
    instance = log_normal(4, seed=seed % 5)
    relaxation = relax(instance)
    pool = ColumnPool(relaxation)
    pool.add([0b11])
    duals = Duals(
        random.uniform(0, 0.5, relaxation.n_rows), random.uniform(5, 20, len(relaxation.limit_need)), 0.0, 1.0
    )
    proof = dual_bound(pool, pool.whole_master(), duals, threads=2)
    paying, complete = within(pool, proof.duals, 0.0, 100, 10**6)
    assert complete
    assert set(paying) <= {0b11}
    assert proof.value == pytest.approx(lagrangian(pool.whole_master(), proof.duals)[0])
    assert (proof.duals.rows >= duals.rows).all()


def mask_of_flags(flags: np.ndarray) -> int:
    """Return a row of flags as bits."""
    return mask_of(np.flatnonzero(flags).tolist())
