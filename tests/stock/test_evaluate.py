"""The evaluator against brute force, by hand, and under changes that must not matter."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from atoopt import InputError
from atoopt.sets.bitsets import positions_of
from atoopt.stock import Costs, DeliveryRatio, Product, StockInstance, evaluate
from atoopt.stock.evaluation import evaluate_masks
from tests.stock.reference import all_partitions
from tests.stock.strategies import module_masks, stock_instances

SET_1 = Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10)


def worked_example(**changes: Any) -> StockInstance:
    """Return three products of four components; shares 0.5, 0.3, 0.2."""
    products = (
        Product(components=("a", "b", "c"), demand=50),
        Product(components=("a", "b"), demand=30),
        Product(components=("d",), demand=20),
    )
    data: dict[str, Any] = {"max_mean_assembly_time": None, **changes}
    return StockInstance(name="worked", components=tuple("abcd"), products=products, costs=SET_1, **data)


@given(stock_instances(5), module_masks(5))
def test_operations_equal_the_best_of_all_set_partitions(instance: StockInstance, masks: list[int]) -> None:
    """n_k(S) is the least over every set partition of the product into stocked modules, less one."""
    stock = set(masks) | {1 << i for i in range(5)}
    operations = evaluate_masks(instance, [m for m in masks if m < 1 << instance.n_components]).operations
    for product, found in zip(instance.product_masks, operations.tolist(), strict=True):
        singles = [1 << i for i in positions_of(product)]
        fewest = min(len(blocks) for blocks in all_partitions(singles) if stock.issuperset(blocks))
        assert found == max(0, fewest - 1)


@given(stock_instances(6), module_masks(6))
def test_the_partition_is_one(instance: StockInstance, masks: list[int]) -> None:
    """The reported modules are held, disjoint, make up the product, and number operations + 1."""
    inside = [m for m in masks if m < 1 << instance.n_components]
    for rule in ("exact", "greedy"):
        result = evaluate_masks(instance, inside, rule)  # type: ignore[arg-type]
        for k, parts in enumerate(result.partition):
            assert set(parts) <= set(result.masks)
            assert sum(parts) == instance.product_masks[k]
            assert len(parts) == len(set(parts))
            assert max(0, len(parts) - 1) == result.operations[k]


@given(stock_instances(6), module_masks(6))
def test_exact_is_never_above_greedy(instance: StockInstance, masks: list[int]) -> None:
    """No product needs more operations by the exact partition than by the greedy one."""
    inside = [m for m in masks if m < 1 << instance.n_components]
    exact, greedy = evaluate_masks(instance, inside), evaluate_masks(instance, inside, "greedy")
    assert (exact.operations <= greedy.operations).all()


def test_greedy_takes_the_largest_module_first() -> None:
    """Greedy takes bcde and leaves a and f single, where abc + def would do."""
    instance = StockInstance(
        name="trap", components=tuple("abcdef"), products=(Product(components=tuple("abcdef"), demand=1),),
        costs=SET_1, max_mean_assembly_time=None,
    )  # fmt: skip
    stock = ["bcde", "abc", "def"]
    assert evaluate(instance, map(tuple, stock), "exact").operations.tolist() == [1]
    assert evaluate(instance, map(tuple, stock), "greedy").operations.tolist() == [2]


@given(stock_instances(5), module_masks(5), st.integers(1, 31))
def test_one_module_more_never_raises_the_time(instance: StockInstance, masks: list[int], more: int) -> None:
    """t(S) does not increase when a module is added."""
    inside = [m for m in [*masks, more] if m < 1 << instance.n_components]
    with_it, without = evaluate_masks(instance, inside), evaluate_masks(instance, inside[:-1])
    assert (with_it.operations <= without.operations).all()
    assert with_it.mean_assembly_time <= without.mean_assembly_time


@given(stock_instances(5), module_masks(5), st.randoms(use_true_random=False))
def test_permuting_components_changes_nothing(instance: StockInstance, masks: list[int], random: Any) -> None:
    """Cost, time and violations do not depend on the order of components and products."""
    inside = [m for m in masks if m < 1 << instance.n_components]
    names = [instance.names(mask) for mask in inside]
    components, products = list(instance.components), list(instance.products)
    random.shuffle(components)
    random.shuffle(products)
    shuffled = instance.replace(components=tuple(components), products=tuple(products))
    one, other = evaluate(instance, names), evaluate(shuffled, names)
    assert one.costs == pytest.approx(other.costs, abs=1e-9)
    assert one.mean_assembly_time == pytest.approx(other.mean_assembly_time, abs=1e-9)
    assert one.feasible == other.feasible
    assert one.delivery_share == pytest.approx(other.delivery_share, abs=1e-9)


@given(stock_instances(5), module_masks(5))
def test_the_accounts_add_up(instance: StockInstance, masks: list[int]) -> None:
    """The time distribution has the mean assembly time, and the usage the mean number of pieces."""
    result = evaluate_masks(instance, [m for m in masks if m < 1 << instance.n_components])
    times = result.time_distribution()
    assert sum(times.values()) == pytest.approx(1)
    assert sum(t * share for t, share in times.items()) == pytest.approx(result.mean_assembly_time)
    pieces = sum(len(parts) * s for parts, s in zip(result.partition, instance.shares, strict=True))
    assert sum(result.usage().values()) == pytest.approx(pieces)


@pytest.mark.parametrize(
    ("basis", "costs"),
    [
        # singles and abc: joins 2, held 5, shipped 4 + 3; t = 0.3 (ab from a and b)
        ("stock", {"preassembly": 2, "fixed_transport": 10, "variable_transport": 2.8, "final_assembly": 3}),
        # by use: joins 0.5 x 2; shipped 0.5 x 3 + 0.3 x 2 + 0.2 x 1
        ("usage", {"preassembly": 1, "fixed_transport": 10, "variable_transport": 0.92, "final_assembly": 3}),
    ],
)
def test_costs_by_hand(basis: str, costs: dict[str, float]) -> None:
    """The four terms of a small example equal those worked out by hand."""
    result = evaluate(worked_example(cost_basis=basis), [("c", "a", "b")])
    assert result.costs == pytest.approx(costs)
    assert result.mean_assembly_time == pytest.approx(0.3)
    assert result.cost == pytest.approx(sum(costs.values()))
    assert result.n_modules == 5
    assert result.usage()[0b0111] == pytest.approx(0.5)


def test_time_per_operation_scales_the_time_and_its_cost() -> None:
    """Doubling the time of an operation doubles t(S) and the term (7) alone."""
    once, twice = (evaluate(worked_example(time_per_operation=t), [("a", "b")]) for t in (1.0, 2.0))
    assert twice.mean_assembly_time == pytest.approx(2 * once.mean_assembly_time)
    assert twice.costs == pytest.approx({**once.costs, "final_assembly": 2 * once.costs["final_assembly"]})


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"max_mean_assembly_time": 0.4}, "max_mean_assembly_time"),
        ({"max_modules": 4}, "max_modules"),
        ({"delivery_ratio": DeliveryRatio(max_assembly_time=0, min_share=0.6)}, "delivery_ratio"),
        ({"candidate_modules": (("a", "c"),)}, "candidate_modules"),
    ],
)
def test_each_violation_is_named(changes: dict[str, Any], word: str) -> None:
    """A stock that breaks one limit is told so, by the limit's name, and by no other."""
    result = evaluate(worked_example(**changes), [("a", "b")])
    assert not result.feasible
    assert len(result.violations) == 1
    assert word in result.violations[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"max_mean_assembly_time": 0.5},
        {"max_modules": 5},
        {"delivery_ratio": DeliveryRatio(max_assembly_time=0, min_share=0.5)},
        {"delivery_ratio": DeliveryRatio(max_assembly_time=1, min_share=1)},
        {"candidate_modules": (("b", "a"),)},
    ],
)
def test_a_limit_met_exactly_holds(changes: dict[str, Any]) -> None:
    """With ab in stock t = 0.5, N = 5 and half of the demand needs no operation: none of these is broken."""
    assert evaluate(worked_example(**changes), [("a", "b")]).feasible


def test_products_of_seventy_of_a_hundred_components() -> None:
    """Sets wider than a machine word: seven modules of ten components, and ten that overlap them."""
    names = tuple(f"c{i}" for i in range(100))
    tens = [names[10 * i : 10 * i + 10] for i in range(10)]
    shifted = [names[10 * i + 5 : 10 * i + 15] for i in range(9)]
    instance = StockInstance(
        name="wide", components=names, costs=SET_1, max_mean_assembly_time=None,
        products=(Product(components=names[:70], demand=1), Product(components=names[35:], demand=3)),
    )  # fmt: skip
    result = evaluate(instance, [*tens, *shifted])
    assert result.operations.tolist() == [6, 10]  # 35 to 94 in tens from 35 on and five singles, or 60 + 5
    assert evaluate(instance, []).operations.tolist() == [69, 64]


def test_an_empty_product_needs_no_operation() -> None:
    """The base product counts in the demand, and adds no time."""
    base = Product(components=(), demand=100)
    instance = worked_example().replace(products=(*worked_example().products, base))
    assert evaluate(instance, []).mean_assembly_time == pytest.approx(0.5 * (0.5 * 2 + 0.3 * 1))


@pytest.mark.parametrize("stock", [[("a", "x")], [()], [("a", "a")], ["z"]])
def test_a_stock_that_cannot_be_read_is_an_input_error(stock: list[Any]) -> None:
    """Unknown, missing and repeated components are told with their place."""
    with pytest.raises(InputError, match=r"modules\[0\]|is not a component|is empty|twice") as caught:
        evaluate(worked_example(), stock)
    assert caught.value.place == "modules[0]"
