"""Candidate modules: nothing that fits is missed, nothing that does not fit is listed."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given

from atoopt import InputError
from atoopt.sets.bitsets import subsets_of
from atoopt.stock import StockInstance
from atoopt.stock.candidates import (
    all_subsets,
    closed_and_differences,
    closed_sets,
    default_candidates,
    frequencies,
    maximal,
    n_subsets,
)
from atoopt.stock.candidates import given as listed
from tests.stock.reference import fitting_modules
from tests.stock.strategies import stock_instances


@given(stock_instances(5, candidate_modules=None))
def test_all_subsets_are_the_sets_that_fit(instance: StockInstance) -> None:
    """Every set of several components of a product, once, by size; and the bound over them is the instance's."""
    candidates = all_subsets(instance)
    assert sorted(candidates.masks) == fitting_modules(instance)
    assert candidates.complete
    assert len(candidates.masks) <= n_subsets(instance)
    assert list(candidates.masks) == sorted(candidates.masks, key=lambda m: (m.bit_count(), m))


@given(stock_instances(5, candidate_modules=None))
def test_small_subsets_are_complete_only_where_none_is_larger(instance: StockInstance) -> None:
    """At most k components; complete if no product has more."""
    for k in range(2, 6):
        candidates = all_subsets(instance, k)
        assert sorted(candidates.masks) == [m for m in fitting_modules(instance) if m.bit_count() <= k]
        assert candidates.complete == (max(instance.product_sizes) <= k)


@given(stock_instances(5))
def test_a_list_loses_only_what_fits_nowhere(instance: StockInstance) -> None:
    """The instance's own list is complete, and is the default."""
    if instance.candidate_masks is None:
        with pytest.raises(InputError, match="candidate_modules"):
            listed(instance)
        assert default_candidates(instance) == all_subsets(instance)
    else:
        assert sorted(listed(instance).masks) == fitting_modules(instance)
        assert listed(instance).complete
        assert default_candidates(instance) == listed(instance)


@given(stock_instances(5, candidate_modules=None))
def test_closed_sets_are_the_intersections(instance: StockInstance) -> None:
    """Exactly the intersections of one or more products, and each module has one as frequent as itself."""
    products = instance.product_masks
    meet = set(products)
    for _ in products:
        meet |= {a & b for a, b in combinations(meet, 2)}
    closed = closed_sets(instance)
    assert set(closed.masks) == {m for m in meet if m.bit_count() > 1}
    assert not closed.complete
    modules = fitting_modules(instance)
    both = list({*modules, *closed.masks})
    frequency = dict(zip(both, frequencies(instance, both), strict=True))
    for module in modules:
        closure = ~0
        for product in products:
            if module & ~product == 0:
                closure &= product
        assert closure in closed.masks
        assert frequency[closure] == pytest.approx(frequency[module])


@given(stock_instances(5, candidate_modules=None))
def test_closed_sets_and_differences_fit(instance: StockInstance) -> None:
    """They are modules that fit in a product, the closed sets among them, and no more than the limit."""
    found = closed_and_differences(instance)
    assert set(found.masks) <= set(fitting_modules(instance))
    assert set(closed_sets(instance).masks) <= set(found.masks)
    assert len(closed_and_differences(instance, limit=2).masks) <= 2


@given(stock_instances(5))
def test_maximal_sets_cover_all(instance: StockInstance) -> None:
    """No maximal set contains another, and every product is inside one."""
    kept = maximal(instance.product_masks)
    assert all(a & ~b for a in kept for b in kept if a != b)
    assert all(any(product & ~top == 0 for top in kept) for product in instance.product_masks)
    assert {s for top in kept for s in subsets_of(top)} == {s for p in instance.product_masks for s in subsets_of(p)}
