"""Generated instances: reproducible by seed, of the size asked for, with the structure promised."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from atoopt.base.errors import InputError
from atoopt.stock import StockInstance
from atoopt.stock.data import generate as g
from atoopt.stock.data.choices import Market, sample_sets

SEEDED: dict[str, Callable[[int], StockInstance]] = {
    "log_normal": lambda seed: g.log_normal(6, seed=seed),
    "sparse": lambda seed: g.sparse(10, 50, seed),
    "wire_harness": lambda seed: g.wire_harness(40, 300, seed),
    "laptops": lambda seed: g.laptops(seed=seed),
    "pc_maker": lambda seed: g.pc_maker(seed=seed),
}


@pytest.mark.parametrize("make", SEEDED.values(), ids=SEEDED)
def test_seed_decides(make: Callable[[int], StockInstance]) -> None:
    """The same seed gives the same instance, another seed another one."""
    assert make(3) == make(3)
    assert make(3) != make(4)


@pytest.mark.parametrize("make", SEEDED.values(), ids=SEEDED)
def test_every_component_is_demanded(make: Callable[[int], StockInstance]) -> None:
    """No component is held in vain, and no product is empty."""
    for seed in range(5):
        instance = make(seed)
        assert set().union(*(p.components for p in instance.products)) == set(instance.components)
        assert instance.product_sizes.min() >= 1


@pytest.mark.parametrize("q", [1, 4, 7])
def test_dense_instances_have_every_product(q: int) -> None:
    """Uniform and log-normal instances have all 2^q - 1 products, uniform with equal shares."""
    for instance in (g.uniform(q), g.log_normal(q)):
        assert sorted(instance.product_masks) == list(range(1, 2**q))
    assert np.ptp(g.uniform(q).shares) == 0


def test_sigma_spreads_the_demand() -> None:
    """The logarithms of the demand have the standard deviation sigma; 0 is uniform demand."""
    demand = [product.demand for product in g.log_normal(10, sigma=1.5, seed=2).products]
    assert np.std(np.log(demand)) == pytest.approx(1.5, rel=0.1)
    assert np.ptp(g.log_normal(4, sigma=0).shares) == 0


@pytest.mark.parametrize(("options", "products"), [(100, 3000), (12, 60), (130, 200)])
def test_wire_harness_has_the_size_asked_for(options: int, products: int) -> None:
    """Any number of options, beyond 64 too, and of distinct products."""
    instance = g.wire_harness(options, products, seed=1)
    assert (instance.n_components, instance.n_products) == (options, products)
    assert len(set(instance.product_masks)) == products


def test_wire_harness_sells_most_from_few_variants() -> None:
    """About 90 % of the sales come from about 20 % of 3,000 variants, as the paper reports."""
    assert g.wire_harness(95, 3000, seed=5).concentration(0.9) == pytest.approx(0.2, abs=0.07)


def test_options_of_a_family_exclude_each_other() -> None:
    """No car has two options of one family; families share a number and differ in a letter."""
    instance = g.wire_harness(60, 500, seed=2)
    families = {name[:3] for name in instance.components if name[-1].isalpha()}
    assert len(families) >= 5
    for product in instance.products:
        numbers = [name[:3] for name in product.components]
        assert len(numbers) == len(set(numbers))


def test_configurable_goods_have_one_variant_a_family() -> None:
    """A laptop has one variant of each family; a PC may lack the optional ones, never board or processor."""
    for product in g.laptops().products:
        assert [name.split()[0] for name in product.components] == [
            "processor", "memory", "disk", "screen", "keyboard", "battery"
        ]  # fmt: skip
    for product in g.pc_maker().products:
        families = [name.rsplit(" ", 1)[0].removesuffix(" 24").removesuffix(" 32") for name in product.components]
        assert len(families) == len(set(families)) and families[:2] == ["board", "processor"]


def test_market_draws_what_its_chances_say() -> None:
    """The take rates of many customers are the segments' chances, and families hold."""
    market = Market(np.array([0.25, 0.75]), np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.9]]), ((0, 1), (2,)))
    chosen = market.draw(20_000, np.random.default_rng(0))
    assert chosen.mean(axis=0) == pytest.approx([0.3, 0.225, 0.7], abs=0.02)
    assert not (chosen[:, 0] & chosen[:, 1]).any()


def test_sets_are_distinct_and_impossible_numbers_are_refused() -> None:
    """All 2^3 - 1 sets of three options can be had, and not one more."""
    market = Market.independent(np.full(3, 0.5))
    assert sorted(sample_sets(market, 7, np.random.default_rng(1))) == list(range(1, 8))
    with pytest.raises(InputError, match="n_products") as caught:
        sample_sets(market, 8, np.random.default_rng(1))
    assert "7 different products" in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [lambda: g.uniform(0), lambda: g.log_normal(40), lambda: g.sparse(5, 0), lambda: g.sparse(5, 9, density=0),
     lambda: g.wire_harness(0, 1), lambda: g.wire_harness(9, 9, family_share=2), lambda: g.harness_orders(0),
     lambda: g.log_normal(3, sigma=-1), lambda: g.wire_harness(9, 9, n_trims=0),
     lambda: g.harness_orders(9, families={"a": ("x",)})],
)  # fmt: skip
def test_arguments_without_a_meaning_are_refused(make: Callable[[], object]) -> None:
    """Each is an InputError that names the argument."""
    with pytest.raises(InputError) as caught:
        make()
    assert caught.value.place


def test_zipf_demand() -> None:
    """Demand falls with rank to the power of the exponent, in whole pieces of at least one."""
    demand = g.zipf_demand(1000, 1.0)
    assert demand[0] / demand[9] == pytest.approx(10, rel=1e-3)
    assert np.array_equal(demand, demand.round()) and demand.min() >= 1
    assert demand.sum() == pytest.approx(g.CARS_A_YEAR, rel=0.01)


def test_order_history() -> None:
    """The generated history is a table of the families' values, the same for the same seed."""
    orders = g.harness_orders(500, seed=3)
    assert orders.equals(g.harness_orders(500, seed=3))
    assert not orders.equals(g.harness_orders(500, seed=4))
    assert list(orders.columns) == list(g.CAR_FAMILIES)
    for family, values in g.CAR_FAMILIES.items():
        assert set(orders[family]) == set(values)
        assert orders[family].value_counts().idxmax() == values[0]


def test_order_history_has_trims() -> None:
    """Options come together: there are far fewer distinct orders than independent choices would give."""
    orders = g.harness_orders(3000, seed=0)
    rng = np.random.default_rng(0)
    shuffled = orders.apply(lambda column: rng.permutation(column))
    assert 1.5 * len(orders.drop_duplicates()) < len(shuffled.drop_duplicates())


def test_frequency_example_needs_the_penalty() -> None:
    """Without the penalty the most frequent modules are ab and then others than cd, which overlap ab."""
    from atoopt.stock.data.named import frequency_4

    instance = frequency_4()
    modules = [instance.mask(c) for size in (2, 3, 4) for c in combinations("abcd", size)]
    sold = list(zip(instance.product_masks, instance.shares.tolist(), strict=True))
    f = {m: sum(share for product, share in sold if m & ~product == 0) for m in modules}
    ab, cd = instance.mask("ab"), instance.mask("cd")
    assert max(f, key=f.__getitem__) == ab
    assert sum(value > f[cd] for value in f.values()) > 1
    penalized = {m: value * 0.05 ** (m & ab).bit_count() for m, value in f.items() if m != ab}
    assert max(penalized, key=penalized.__getitem__) == cd
