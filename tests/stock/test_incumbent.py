"""The incumbent: the best allowed stock of those offered, and a cutoff that no better stock is lost to."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest

from atoopt.solvers.run import Options, Run
from atoopt.stock.incumbent import ENOUGH, Incumbent
from tests.stock.reference import all_stocks
from tests.stock.small import evaluated, held_at_all, least_cost, several, small_instance

SEEDS = range(24)


def test_nothing_is_known_at_first() -> None:
    """Without a stock no bound is enough to close a node."""
    incumbent = Incumbent(small_instance(0), Run())
    assert (incumbent.cost, incumbent.cutoff, incumbent.found, incumbent.masks) == (math.inf, math.inf, False, ())


@pytest.mark.parametrize("cost", [-3.0, 0.0, 1e-3, 0.5, 1.0, 250.0, 1e7])
def test_the_cutoff_is_a_little_below_the_cost(cost: float) -> None:
    """By less than what proofs allow, relative to the cost: never above it, and never more than 1e-6 of it below."""
    incumbent = Incumbent(small_instance(0), Run())
    incumbent.cost = cost
    assert 0 <= cost - incumbent.cutoff <= 1e-6 * abs(cost)
    assert cost - incumbent.cutoff == pytest.approx(ENOUGH * abs(cost), rel=1e-3)


def test_the_best_allowed_stock_is_kept() -> None:
    """Of stocks in any order, and with modules that an instance forbids or a limit excludes, single ones or not."""
    refused = 0
    for seed in SEEDS:
        instance, random = small_instance(seed), np.random.default_rng(seed)
        incumbent, best, last = Incumbent(instance, Run()), math.inf, math.inf
        stocks = list(all_stocks(held_at_all(instance)))
        for i in random.permutation(len(stocks))[:40].tolist():
            stock = [0b0001, *stocks[i]]
            told = incumbent.offer(stock)
            refused += not told.feasible
            best = min(best, told.cost if told.feasible else math.inf)
            assert incumbent.cost == best <= last
            assert incumbent.found == (best < math.inf)
            if told.cost == best and told.feasible and best < last:
                assert set(incumbent.masks) == set(stocks[i])
            last = best
    assert refused > 100


def test_stocks_from_several_threads() -> None:
    """Offered at once from four threads, the best is kept with its own modules."""
    instance = small_instance(2)
    incumbent, stocks = Incumbent(instance, Run()), list(all_stocks(held_at_all(instance)))
    threads = [
        threading.Thread(target=lambda part=part: [incumbent.offer(stock) for stock in part])
        for part in (stocks[i::4] for i in range(4))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incumbent.cost == least_cost(instance)
    assert incumbent.cost in [s.cost for s in evaluated(instance) if several(s) == set(incumbent.masks)]


def test_rounding_ends_with_a_stock_from_which_nothing_can_be_dropped() -> None:
    """The shortest allowed prefix of a ranking, without what it does not need; none where not even all is allowed."""
    rounded = 0
    for seed in SEEDS:
        instance, random = small_instance(seed), np.random.default_rng(seed)
        incumbent = Incumbent(instance, Run(Options(time_limit=60.0)))
        ranked = random.permutation(held_at_all(instance)).tolist()
        allowed = {several(stock): stock.cost for stock in evaluated(instance)}
        incumbent.round_up(ranked)
        assert incumbent.found == (frozenset(ranked) in allowed)
        if incumbent.found:
            kept = frozenset(incumbent.masks)
            assert all(allowed.get(kept - {mask}, math.inf) > incumbent.cost for mask in kept)
            assert incumbent.cost <= allowed[frozenset(ranked)]
            rounded += 1
    assert rounded > 8
