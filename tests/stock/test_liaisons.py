"""Connected modules: what liaisons forbid, in every method, against brute force and the independent checker."""

from __future__ import annotations

import json
import math
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import atoopt
from atoopt.base.errors import InputError
from atoopt.base.problem import family
from atoopt.solvers.run import Options, Run
from atoopt.stock import Costs, Product, StockInstance
from atoopt.stock.annealing.setup import modules_held
from atoopt.stock.candidates import (
    MAX_SUBSETS,
    all_subsets,
    closed_sets,
    default_candidates,
    n_subsets,
    named_candidates,
)
from atoopt.stock.check import check
from atoopt.stock.column_generation import solve as decompose
from atoopt.stock.column_generation.column_pool import ColumnPool
from atoopt.stock.column_generation.master.lagrangian import Duals
from atoopt.stock.column_generation.pricing.dual_bound import dual_bound
from atoopt.stock.column_generation.relaxation import relax
from atoopt.stock.data.generate import log_normal
from atoopt.stock.enumeration.states import free_modules
from atoopt.stock.evaluation import evaluate_masks
from atoopt.stock.heuristics.sequences import module_size, pool, whole_products
from tests.stock.annealing.test_annealing import assert_state_is_true, walk_hot
from tests.stock.column_generation.helpers import priced
from tests.stock.harness import harness
from tests.stock.reference import fitting_modules
from tests.stock.reference import optimum as optimum_of
from tests.stock.strategies import stock_instances

METHODS: tuple[tuple[str, dict[str, Any]], ...] = (
    *((method, {}) for method in family("atoopt/stock-composition").methods), ("milp", {"formulation": "assignment"}),
)  # fmt: skip
EXACT = ("auto", "milp", "decomposition", "enumeration")
NAMES = [" ".join([method, *options.values()]) for method, options in METHODS]


@st.composite
def joined_instances(draw: st.DrawFn, max_components: int = 4, **fixed: Any) -> StockInstance:
    """Draw an instance with liaisons, from none at all to all pairs."""
    instance = draw(stock_instances(max_components, min_components=2, **fixed))
    pairs = list(combinations(instance.components, 2))
    return instance.replace(liaisons=tuple(draw(st.lists(st.sampled_from(pairs), unique=True))))


def connected_modules(instance: StockInstance) -> list[int]:
    """Return the modules that may be held and fit in a product, each subset tried by networkx."""
    graph = nx.Graph(instance.liaisons or ())
    graph.add_nodes_from(instance.components)
    plain = instance.replace(liaisons=None)
    return [mask for mask in fitting_modules(plain) if nx.is_connected(graph.subgraph(instance.names(mask)))]


def optimum(instance: StockInstance) -> float:
    """Return the least cost over all stocks of connected modules, by evaluating each without the liaisons."""
    return optimum_of(instance.replace(liaisons=None), connected_modules(instance))


@pytest.fixture(scope="module")
def string() -> StockInstance:
    """Return six components on a string, and products most of which do not hang together."""
    instance = log_normal(6, 1.0, 6)
    products = sorted(instance.products, key=lambda product: -product.demand)[:20]
    pairs = tuple(pairwise(instance.components))
    return instance.replace(liaisons=pairs, products=tuple(products), max_mean_assembly_time=1.0)


@pytest.fixture(scope="module")
def best_without(string: StockInstance) -> float:
    """Return the proven optimum without the liaisons."""
    result = atoopt.solve(string.replace(liaisons=None), "milp")
    assert result.status == "optimal"
    return float(result.objective)


# ---- every method --------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "options"), METHODS, ids=NAMES)
def test_every_method_holds_connected_modules_only(
    string: StockInstance, best_without: float, method: str, options: dict[str, Any]
) -> None:
    """The checker, which reads the liaisons, accepts the result; it costs more than the best without them."""
    result = atoopt.solve(string, method, **options)
    assert check(string, json.loads(json.dumps(result.to_json()))).violations == ()
    assert result.objective > best_without + 3.0  # here the constraint has a price
    if method in EXACT:
        assert result.status == "optimal"
        assert result.objective == pytest.approx(38.0110, abs=5e-5)


@pytest.mark.parametrize("method", EXACT)
def test_liaisons_may_make_a_limit_impossible(string: StockInstance, method: str) -> None:
    """A time that free modules keep, and connected ones cannot, is proven infeasible."""
    tight = string.replace(max_mean_assembly_time=0.5)
    assert atoopt.solve(tight, method).status == "infeasible"


@pytest.mark.parametrize("method", EXACT)
def test_a_list_beside_the_liaisons(string: StockInstance, method: str) -> None:
    """A module must satisfy both: the same optimum with all sets listed, and less to choose from with some."""
    sets = [c for size in range(2, 7) for c in combinations(string.components, size)]
    small = [c for c in sets if len(c) <= 3]
    for listed, cost in ((sets, 38.0110), (small, 39.0777)):
        result = atoopt.solve(string.replace(candidate_modules=tuple(listed)), method)
        assert result.status == "optimal"
        assert result.objective == pytest.approx(cost, abs=5e-5)


@pytest.mark.parametrize("method", ["decomposition", "annealing", "module-frequency", "module-size", "auto"])
def test_a_harness_of_forty_components(method: str) -> None:
    """At real size, stopped early, all modules are connected, and a bound is no proof of the impossible."""
    instance = harness()
    result = atoopt.solve(instance, method, time_limit=1)
    assert result.solution is not None
    assert check(instance, json.loads(json.dumps(result.to_json()))).violations == ()
    assert any(mask.bit_count() > 4 for mask in result.solution.masks)


@given(joined_instances(4, max_products=6))
@settings(max_examples=60)
def test_decomposition_agrees_with_brute_force(instance: StockInstance) -> None:
    """Its bound is never above the optimum over connected modules, and both meet unless usage pays for slowness."""
    assume(len(connected_modules(instance)) <= 8)
    best = optimum(instance)
    claim = decompose(instance, Run(Options(time_limit=20)))
    assert claim.infeasible == (best == math.inf)
    if best < math.inf:
        assert claim.bound <= best + 1e-7 * max(1.0, abs(best))
        assert evaluate_masks(instance, claim.solution).feasible
        if relax(instance).reward >= 0:
            assert evaluate_masks(instance, claim.solution).cost == pytest.approx(best)
            assert claim.bound == pytest.approx(best, rel=2e-6, abs=2e-6)


@given(joined_instances(4, max_products=5))
@settings(max_examples=20)
def test_enumeration_and_milp_agree_with_brute_force(instance: StockInstance) -> None:
    """Each proves the optimum over connected modules, or that none will do."""
    assume(len(connected_modules(instance)) <= 8)
    best = optimum(instance)
    for method in ("enumeration", "milp"):
        result = atoopt.solve(instance, method)
        wanted = ("infeasible", None) if best == math.inf else ("optimal", pytest.approx(best))
        assert (result.status, result.objective) == wanted


# ---- pricing and bound ---------------------------------------------------------------------------


@given(seed=st.integers(0, 10_000), floor=st.sampled_from([-3.0, -0.5, 0.0, 0.7]))
@settings(max_examples=80)
def test_pricing_finds_exactly_the_connected_modules_above_the_floor(seed: int, floor: float) -> None:
    """Those that pricing finds without liaisons, less those that are not connected; and with none of them, nothing."""
    random = np.random.default_rng(seed)
    n, q = int(random.integers(1, 8)), int(random.integers(2, 8))
    has = random.random((n, q)) < 0.7
    gain = np.where(has, random.normal(0.3, 1.0, (n, q)), 0.0)
    joined = np.triu(random.random((q, q)) < random.uniform(0, 0.7), 1)
    joined |= joined.T
    worth, cost = random.uniform(0.0, 1.0, n), (float(random.uniform(0, 2)), float(random.uniform(0, 0.5)))
    graph = nx.from_numpy_array(joined)

    def found_with(**options: Any) -> dict[tuple[int, ...], float]:
        found = priced(has, gain, worth, cost, floor=floor, most=200, **options)
        assert found[3]
        assert len(found[0]) == len({tuple(row) for row in found[0].tolist()})
        return {tuple(np.flatnonzero(m).tolist()): p for m, p in zip(found[0], found[1].tolist(), strict=True)}

    wanted = {m: p for m, p in found_with().items() if nx.is_connected(graph.subgraph(m))}
    assert found_with(liaisons=joined) == pytest.approx(wanted)
    assert found_with(liaisons=np.zeros_like(joined)) == {}


@given(instance=joined_instances(4, max_products=5, candidate_modules=None), seed=st.integers(0, 1000))
@settings(max_examples=30)
def test_any_duals_give_a_bound(instance: StockInstance, seed: int) -> None:
    """Random duals never prove more than the optimum over connected modules."""
    assume(len(connected_modules(instance)) <= 8)
    relaxation, random = relax(instance), np.random.default_rng(seed)
    duals = Duals(
        random.uniform(0, 3, relaxation.n_rows) * random.choice([0.01, 0.1, 1.0]),
        random.uniform(0, 10, len(relaxation.limit_need)),
        random.uniform(0, 2) if relaxation.module_limit >= 0 else 0.0, 1.0,
    )  # fmt: skip
    modules = ColumnPool(relaxation)
    proof = dual_bound(modules, modules.whole_master(), duals)
    best = optimum(instance)
    assert all(instance.allows(mask) for mask in proof.columns)
    if proof.value is None:
        assert (
            relaxation.module_cost(2) + duals.module_limit <= 0
        )  # a free module that pays has no multiple that does not
    else:
        assert proof.value <= best + 1e-9 * max(1.0, abs(best))


def test_more_than_64_components() -> None:
    """On a path of seventy, a product across a word's edge with a gap is held in two modules: known by construction."""
    names = tuple(f"c{i}" for i in range(70))
    instance = StockInstance(
        name="wide", components=names, max_mean_assembly_time=None, liaisons=tuple(pairwise(names)),
        products=(Product(components=(*names[58:62], *names[63:68]), demand=1.0),),
        costs=Costs(preassembly=1.0, fixed_transport=2.0, variable_transport=0.0, final_assembly=10.0),
    )  # fmt: skip
    result = atoopt.solve(instance, "decomposition", time_limit=30)
    assert result.status == "optimal"
    assert result.objective == pytest.approx(2 * 70 + (2 + 3) + (2 + 4) + 10)
    assert {m for m in result.solution.masks if m & (m - 1)} == {
        instance.mask(names[58:62]), instance.mask(names[63:68])
    }  # fmt: skip


def test_modules_that_cost_nothing() -> None:
    """By usage a module may be free: then all that is allowed is held (rounding once kept the ascent going)."""
    demand = {
        "abdefg": 1.0, "cfg": 2.5, "cg": 7.0, "bdef": 7.0, "e": 7.0, "ceg": 2.5, "acdf": 1.0, "beg": 1.0, "acdefg": 1.0,
        "cdefg": 2.5, "adefg": 7.0, "abcfg": 30.0, "acg": 1.0, "bceg": 7.0, "abde": 30.0, "abcde": 1.0, "acf": 7.0,
        "abcd": 1.0, "deg": 7.0, "adf": 1.0, "abcdeg": 1.0, "abce": 1.0, "abcg": 1.0,
    }  # fmt: skip
    instance = StockInstance(
        name="free", components=tuple("abcdefg"), cost_basis="usage", max_mean_assembly_time=None,
        products=tuple(Product(components=tuple(letters), demand=amount) for letters, amount in demand.items()),
        costs=Costs(preassembly=0.4, fixed_transport=0.0, variable_transport=0.4, final_assembly=100.0),
        liaisons=(("b", "e"), ("d", "f"), ("c", "e")),
    )  # fmt: skip
    claim = decompose(instance, Run(Options(time_limit=20)))
    everything = evaluate_masks(instance, connected_modules(instance))
    assert claim.bound == pytest.approx(everything.cost, rel=2e-6)


# ---- annealing, heuristics, candidates -----------------------------------------------------------


@given(instance=joined_instances(6, max_products=20), seed=st.integers(0, 99))
@settings(max_examples=60)
def test_annealing_moves_add_connected_modules_only(instance: StockInstance, seed: int) -> None:
    """After hot moves every module held is connected, and costs and operations are the evaluator's."""
    state = walk_hot(instance, [], seed, 400, 5.0)
    assert set(modules_held(state)) <= set(connected_modules(instance))
    assert_state_is_true(instance, state)


@given(joined_instances(6, max_products=20))
@settings(max_examples=60)
def test_candidates_are_the_connected_modules(instance: StockInstance) -> None:
    """All subsets, the default and the free modules of enumeration are those that networkx finds connected."""
    wanted = connected_modules(instance)
    default = default_candidates(instance)
    assert default.complete
    assert sorted(default.masks) == wanted
    if instance.candidate_masks is None:
        assert n_subsets(instance) == len(wanted)
        pairs = named_candidates(instance, "at-most-2")
        assert sorted(pairs.masks) == [mask for mask in wanted if mask.bit_count() == 2]
        assert sorted(module_size(instance)) == sorted(pool(instance)) == wanted
    if len(wanted) <= 26:
        assert free_modules(instance) == wanted
    assert set(whole_products(instance)) <= set(wanted)
    for candidates in (named_candidates(instance, "closed"), named_candidates(instance, "differences")):
        assert set(candidates.masks) <= set(wanted)


def test_too_many_connected_modules_are_not_listed() -> None:
    """On a star of twenty, whose connected sets are half a million, everything chosen from them is connected."""
    names = tuple(f"c{i:02}" for i in range(20))
    star = StockInstance(
        name="star", components=names, max_mean_assembly_time=None, liaisons=tuple((names[0], b) for b in names[1:]),
        products=(
            Product(components=names, demand=3.0), Product(components=names[1:7], demand=2.0),
            Product(components=names[:9], demand=1.0), Product(components=(names[0], *names[6:12]), demand=1.0),
        ),
        costs=Costs(preassembly=1, fixed_transport=2, variable_transport=0.4, final_assembly=10),
    )  # fmt: skip
    assert n_subsets(star) == MAX_SUBSETS + 1
    with pytest.raises(InputError, match="connected sets"):
        all_subsets(star)
    default = default_candidates(star)
    assert not default.complete
    for masks in (default.masks, closed_sets(star).masks, pool(star)):
        assert masks
        assert all(mask & 1 for mask in masks)
    assert atoopt.solve(star, "module-size").solution.feasible


# ---- the instance and the checker ----------------------------------------------------------------


def test_the_checker_names_what_is_not_connected(string: StockInstance) -> None:
    """A stock that would be allowed without the liaisons is refused, each module by name; with a list, by either."""
    a, b, c, d = string.components[:4]
    stock = {"modules": [[name] for name in string.components] + [[a, c], [a, b], [a, b, c, d]]}
    assert [v for v in check(string, stock).violations if "liaisons" in v] == [
        f"module ['{a}', '{c}'] is not connected by liaisons"
    ]
    listed = string.replace(candidate_modules=((a, c), (a, b)))
    assert listed.candidate_masks == {string.mask((a, b))}
    assert [v for v in check(listed, stock).violations if v.startswith("module")] == [
        f"module ['{a}', '{b}', '{c}', '{d}'] is not in candidate_modules",
        f"module ['{a}', '{c}'] is not connected by liaisons",
    ]


def test_liaisons_are_saved_and_loaded(string: StockInstance, tmp_path: Path) -> None:
    """The key is kept, and left out where there is none."""
    file = str(tmp_path / "string.json")
    string.save(file)
    assert atoopt.load(file) == string
    assert "5 liaisons" in string.summary()["candidates"]
    assert "liaisons" not in string.replace(liaisons=None).to_json()


@pytest.mark.parametrize(
    ("liaisons", "mentions"),
    [
        ((("a", "z"),), 'liaisons[0][1]: "z" is not a component'),
        ((("a", "a"),), 'liaisons[0][1]: "a" stands twice'),
        ((("a", "b"), ("a",)), "liaisons[1]: has 1 components; give the two that are joined"),
        ((("a", "b", "c"),), "liaisons[0]: has 3 components"),
        ((("a", "b"), ("b", "a")), "liaisons[1]: joins the same components as liaisons[0]"),
    ],
)
def test_bad_liaisons_are_one_clear_line(liaisons: Any, mentions: str) -> None:
    """Unknown, repeated and incomplete pairs are errors that name the place."""
    with pytest.raises(InputError) as error:
        log_normal(3, seed=0).replace(components=("a", "b", "c"), liaisons=liaisons)
    assert mentions in str(error.value)
