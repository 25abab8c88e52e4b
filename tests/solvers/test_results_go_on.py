"""A result goes on: as tables, and back from its file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.solvers.result import Result


@pytest.fixture(scope="module")
def result() -> Result:
    """Return an optimal stock."""
    return atoopt.solve(atoopt.load("instances/stock/uniform-5.json"), "milp")


def test_json_says_what_each_module_is_for(result: Result) -> None:
    """The use of each module, and of which modules each product is built: they partition it."""
    solution = result.to_json()["solution"]
    modules, instance = solution["modules"], result.instance
    assert len(solution["use"]) == len(modules)
    assert len(solution["products"]) == instance.n_products
    for product, (name, places) in zip(instance.products, solution["products"].items(), strict=True):
        assert name == " + ".join(product.components)
        assert sorted(part for i in places for part in modules[i]) == sorted(product.components)
    for i, use in enumerate(solution["use"]):
        built = [share for share, at in zip(instance.shares, solution["products"].values(), strict=True) if i in at]
        assert use == pytest.approx(sum(built))


def test_tables(result: Result) -> None:
    """Cost terms of the modules, and times of the products, add up to what the evaluator says."""
    modules, products, costs = result.to_frame(), result.products(), result.solution.costs
    for term in ("preassembly", "fixed_transport", "variable_transport"):
        assert modules[term].sum() == pytest.approx(costs[term])
    assert (products["time"] * products["share"]).sum() == pytest.approx(result.solution.mean_assembly_time)
    policy = atoopt.solve(atoopt.load("instances/policy/plates-12.json"))
    assert policy.to_frame()["policy"].tolist() == list(policy.solution.policy.values())
    with pytest.raises(InputError, match="parts, not products"):
        policy.products()


def test_names_of_products_differ() -> None:
    """Two products of one name are told apart by their components; one without components is the base."""
    from atoopt.stock import Costs, Product, StockInstance, evaluate

    products = (
        Product(components=("a",), demand=1, name="x"),
        Product(components=("a", "b"), demand=1, name="x"),
        Product(components=(), demand=1),
    )
    costs = Costs(preassembly=1, fixed_transport=1, variable_transport=1, final_assembly=1)
    instance = StockInstance(
        name="t", components=("a", "b"), products=products, costs=costs, max_mean_assembly_time=None
    )
    assert list(evaluate(instance, []).detail()["products"]) == ["x (a)", "x (a + b)", "(base)"]


def test_back_from_a_file(result: Result, tmp_path: Path) -> None:
    """The same result, evaluated anew; one that lies, or is of another instance, is refused."""
    file = tmp_path / "result.json"
    result.save(str(file))
    again = Result.load(str(file), result.instance)
    assert again.to_json() == result.to_json()
    with pytest.raises(InputError, match="is no result of this instance"):
        Result.load(str(file), atoopt.load("instances/stock/frequency-4.json"))
    data = json.loads(file.read_text())
    data["objective"] -= 1
    file.write_text(json.dumps(data))
    with pytest.raises(InputError, match="objective is claimed"):
        Result.load(str(file), result.instance)


def test_a_result_without_a_solution(tmp_path: Path) -> None:
    """Infeasible is a result, and has no table."""
    instance = atoopt.load("instances/stock/uniform-5.json").replace(max_modules=5, max_mean_assembly_time=0.1)
    nothing = atoopt.solve(instance, "milp")
    nothing.save(str(tmp_path / "x.json"))
    assert Result.load(str(tmp_path / "x.json"), instance).status == "infeasible"
    with pytest.raises(InputError, match="has no solution"):
        nothing.to_frame()
