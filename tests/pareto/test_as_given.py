"""Models that other packages got wrong: every front is that of the model as it was given, or the model is refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from atoopt.base.errors import InputError
from atoopt.pareto import pareto_front
from tests.bench.brute_fronts import METHODS, faults, random_case


def front_of(model: Any, **options: Any) -> Any:
    """Return the front of a model's objectives f and g."""
    return pareto_front(model, (model.f, model.g), progress=False, **options)


def best(points: Any) -> list[list[float]]:
    """Return the non-dominated ones of (f to minimize, g to maximize)."""
    kept = [p for p in points if not any(q != p and q[0] <= p[0] and q[1] >= p[1] for q in points)]
    return sorted([float(p[0]), float(p[1])] for p in set(kept))


# ---- domains --------------------------------------------------------------------------------------

DOMAINS: dict[str, tuple[Callable[[], Any], list[float]]] = {
    "lots": (lambda: pyo.RangeSet(0, 10, 5), [0, 5, 10]),
    "halves": (lambda: pyo.RangeSet(0.5, 3.5, 1), [0.5, 1.5, 2.5, 3.5]),
    "list": (lambda: pyo.Set(initialize=[1, 3, 7]), [1, 3, 7]),
    "below zero": (lambda: pyo.RangeSet(-10, 10, 5), [-10, -5, 0, 5, 10]),
    "two numbers": (lambda: pyo.Set(initialize=[2.5, -1.25]), [-1.25, 2.5]),
    "whole numbers": (lambda: pyo.RangeSet(2, 4), [2, 3, 4]),
    "a whole set": (lambda: pyo.Set(initialize=[3, 2, 4]), [2, 3, 4]),
    "boolean": (lambda: pyo.Boolean, [0, 1]),
}


@pytest.mark.parametrize("name", DOMAINS)
def test_domains_with_gaps(name: str) -> None:
    """Lot sizes and lists of numbers: just these values, in front and solutions; the model is left as it was."""
    domain, values = DOMAINS[name]
    model = pyo.ConcreteModel()
    if not isinstance(domain(), type(pyo.Boolean)):
        model.D = domain()
    model.x = pyo.Var([1, 2], domain=getattr(model, "D", pyo.Boolean))
    model.y = pyo.Var(domain=pyo.Binary)
    model.room = pyo.Constraint(expr=model.x[1] + model.x[2] + model.y <= 11)
    model.f = pyo.Objective(expr=model.x[1] + 2 * model.x[2] + 3 * model.y)
    model.g = pyo.Objective(expr=3 * model.x[1] + model.x[2] + model.y, sense=pyo.maximize)
    before = {component.name for component in model.component_objects()}
    front = front_of(model)
    allowed = [(a, b, y) for a in values for b in values for y in (0, 1) if a + b + y <= 11]
    assert front.complete
    assert front.values.tolist() == best([(a + 2 * b + 3 * y, 3 * a + b + y) for a, b, y in allowed])
    assert {point.solution[f"x[{i}]"] for point in front.points for i in (1, 2)} <= set(values)
    assert {component.name for component in model.component_objects()} == before
    assert model.x[1].domain is model.x[2].domain is getattr(model, "D", pyo.Boolean)


@pytest.mark.parametrize("domain", [pyo.Any, ["a", "b"]])
def test_domains_that_cannot_be_written_out(domain: Any) -> None:
    """What is no set of numbers is refused by the variable's name."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(domain=domain), pyo.Var(domain=pyo.Binary)
    model.f, model.g = pyo.Objective(expr=model.x + model.y), pyo.Objective(expr=-model.x)
    with pytest.raises(InputError, match="domain") as error:
        front_of(model)
    assert error.value.place == "x"


# ---- variables and objectives ----------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
def test_a_fixed_variable_times_a_free_one(first: bool) -> None:
    """It is linear, also where both are members of one variable, in either order; the constraint stays as it was."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2, 3], domain=pyo.Integers, bounds=(0, 3))
    model.x[2].fix(2)
    product = model.x[2] * model.x[1] if first else model.x[1] * model.x[2]
    model.f = pyo.Objective(expr=model.x[1] + 2 * model.x[3])
    model.g = pyo.Objective(expr=3 * model.x[1] + 5 * model.x[3], sense=pyo.maximize)
    model.c = pyo.Constraint(expr=product + model.x[3] <= 5)
    before = str(model.c.expr)
    pairs = [(a, c) for a in range(4) for c in range(4) if 2 * a + c <= 5]
    assert front_of(model).values.tolist() == best([(a + 2 * c, 3 * a + 5 * c) for a, c in pairs])
    assert str(model.c.expr) == before


def test_fixed_without_a_value() -> None:
    """It is refused by name."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2], domain=pyo.Binary)
    model.x[2].fix()
    model.f, model.g = pyo.Objective(expr=model.x[1]), pyo.Objective(expr=-model.x[1] - model.x[2])
    with pytest.raises(InputError, match="no value") as error:
        front_of(model)
    assert error.value.place == "x[2]"


def test_containers_and_abstract_objectives_are_refused() -> None:
    """An indexed objective is not one, but its members are; an abstract model has none yet."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2], domain=pyo.Binary)
    model.goal = pyo.Objective([1, 2], rule=lambda m, i: (-1) ** i * i * m.x[i])
    abstract = pyo.AbstractModel()
    abstract.x = pyo.Var(domain=pyo.Binary)
    abstract.f, abstract.g = pyo.Objective(rule=lambda m: m.x), pyo.Objective(rule=lambda m: -m.x)
    for given, pair in ((model, (model.goal, model.goal[1])), (abstract, (abstract.f, abstract.g))):
        with pytest.raises(InputError, match="not two Pyomo Objectives"):
            pareto_front(given, pair, progress=False)
    assert pareto_front(model, (model.goal[1], model.goal[2]), progress=False).values.tolist() == [[-1.0, 0.0]]


def test_solutions_name_every_variable() -> None:
    """Those outside of the block that is the model, and those that no row and no objective has."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1], domain=pyo.Binary)
    model.b = pyo.Block()
    model.b.y = pyo.Var(domain=pyo.Binary)
    model.b.idle = pyo.Var(domain=pyo.Integers, bounds=(1.5, 9))
    model.b.f = pyo.Objective(expr=model.x[1] + 3 * model.b.y)
    model.b.g = pyo.Objective(expr=4 * model.x[1] + 7 * model.b.y, sense=pyo.maximize)
    front = front_of(model.b)
    assert front.values.tolist() == [[0, 0], [1, 4], [3, 7], [4, 11]]
    assert front.points[-1].solution == {"b.y": 1, "x[1]": 1, "b.idle": 2}
    assert model.b.idle.value is None


@pytest.mark.parametrize("method", ["epsilon-constraint", "balanced-box", "dichotomy"])
def test_one_point(method: str) -> None:
    """At most so many points, and one is none of the ends where there are others."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(4), domain=pyo.Binary)
    model.f = pyo.Objective(expr=sum((2 + i) * model.x[i] for i in range(4)))
    model.g = pyo.Objective(expr=sum((9 - i) * model.x[i] for i in range(4)), sense=pyo.maximize)
    front = front_of(model, method=method, points=1)
    assert len(front) == 1
    assert not front.complete
    assert 0 < front.values[0, 0] < 14


# ---- numbers of any size ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cost", "least"),
    [(9400000.000001, 10**6), (98765432.123457, 10**8), (20000000.5, 10**12), (1000000.123456, 10**7)],
)
def test_values_are_those_of_their_solutions_whatever_their_size(cost: float, least: int) -> None:
    """Whole numbers of steps beyond what 64 bits hold do not wrap around."""
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(domain=pyo.Integers, bounds=(least, least + 3)), pyo.Var(domain=pyo.Binary)
    model.f = pyo.Objective(expr=cost * model.x + 1.5 * model.y)
    model.g = pyo.Objective(expr=model.x + model.y, sense=pyo.maximize)
    front = front_of(model)
    wanted = [(least, 0), (least, 1), *((least + i, 1) for i in (1, 2, 3))]
    assert front.complete
    assert [(p.solution["x"], p.solution["y"]) for p in front.points] == wanted
    assert [p.objectives[0] for p in front.points] == pytest.approx([cost * x + 1.5 * y for x, y in wanted], rel=1e-15)


def test_a_chain_of_small_steps_beside_a_large_one() -> None:
    """Whole costs from 1 to 20 million: all twelve points, and an ideal that one of them has."""
    costs, gains = [20_000_000] + [1] * 10, [1] + [100] * 10
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(11), domain=pyo.Binary)
    model.f = pyo.Objective(expr=sum(a * model.x[i] for i, a in enumerate(costs)))
    model.g = pyo.Objective(expr=sum(a * model.x[i] for i, a in enumerate(gains)), sense=pyo.maximize)
    front = front_of(model)
    assert front.complete
    assert front.values.tolist() == [*([k, 100.0 * k] for k in range(11)), [20000010, 1001]]
    assert front.ideal == (0, 1001)


@pytest.mark.parametrize("method", METHODS)
def test_ends_that_the_first_look_does_not_see(method: str) -> None:
    """An end that differs from the next point by 2e-9 of the largest coefficient."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), domain=pyo.Binary)
    model.f = pyo.Objective(expr=1000000.01234 * model.x[0] + 0.0020212345678 * model.x[1] + 0.74123456789 * model.x[2])
    model.g = pyo.Objective(expr=100 + 7 * model.x[0] - 50 * model.x[1] - 30 * model.x[2])
    front = front_of(model, method=method)
    assert front.complete
    assert front.values.tolist() == [[0, 100], [0.0020212345678, 50], [0.7432558024578, 20]]


def test_six_decimals_are_exact() -> None:
    """Decimals over a range of nine digits: all 26 points."""
    first = [0.162, 125.0, 683.0, 0.000123, 42.2, 276.0, 1010.0, 1.66, 195.0]
    second = [730260, 639881, 776515, 212888, 105428, 938701, 656283, 697047, 730257]
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(9), domain=pyo.Binary)
    model.c = pyo.Constraint(expr=model.x[2] >= 1)
    model.f = pyo.Objective(expr=sum(a * model.x[i] for i, a in enumerate(first)) + 0.25)
    model.g = pyo.Objective(expr=sum(a * model.x[i] for i, a in enumerate(second)), sense=pyo.maximize)
    steps = [round(a * 1e6) for a in first]
    x = [v for v in itertools.product((0, 1), repeat=9) if v[2]]
    wanted = best([(sum(map(int.__mul__, steps, v)), sum(map(int.__mul__, second, v))) for v in x])
    front = front_of(model)
    assert front.complete
    assert "resolution" not in front.details
    assert [[round((f - 0.25) * 1e6), g] for f, g in front.values.tolist()] == wanted


def test_small_coefficients_are_no_zeros() -> None:
    """A cap in kilotons with grams a kilometer, 1.2e-10: the row counts."""
    model = pyo.ConcreteModel()
    model.km, model.b = pyo.Var(bounds=(0, 1e9)), pyo.Var(domain=pyo.Binary)
    model.cap = pyo.Constraint(expr=1.2e-10 * model.km <= 0.05 + 0.02 * model.b)
    model.f, model.g = pyo.Objective(expr=model.km, sense=pyo.maximize), pyo.Objective(expr=model.b)
    front = front_of(model)
    assert front.complete
    assert front.values == pytest.approx(np.array([[0.05 / 1.2e-10, 0], [0.07 / 1.2e-10, 1]]), rel=1e-7)


@pytest.mark.parametrize("large", [1e9, 1.08e9, 1e10, 1e13])
def test_large_coefficients_do_not_swallow_others(large: float) -> None:
    """A row x <= M z with x >= 5000: z is 1."""
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(bounds=(0, None)), pyo.Var(domain=pyo.Binary)
    model.c, model.d = pyo.Constraint(expr=model.x <= large * model.z), pyo.Constraint(expr=model.x >= 5000)
    model.f, model.g = pyo.Objective(expr=model.z), pyo.Objective(expr=model.x)
    assert front_of(model).values.tolist() == [[1, 5000]]


def test_a_budget_of_billions_and_units() -> None:
    """3e9 p + 4e9 q + 2 r <= 4e9 + 6: what is left over for r is 6."""
    model = pyo.ConcreteModel()
    model.p, model.q = pyo.Var([1, 2], domain=pyo.Binary), pyo.Var(bounds=(0, 10))
    model.c = pyo.Constraint(expr=3e9 * model.p[1] + 4e9 * model.p[2] + 2 * model.q <= 4e9 + 6)
    model.f = pyo.Objective(expr=model.p[1] + 2 * model.p[2], sense=pyo.maximize)
    model.g = pyo.Objective(expr=model.q, sense=pyo.maximize)
    assert front_of(model).values.tolist() == [[1, 10], [2, 3]]


def test_rows_that_no_solver_keeps_together() -> None:
    """Coefficients that differ by more than doubles carry are refused by the row's name."""
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(bounds=(0, 1)), pyo.Var(domain=pyo.Binary)
    model.wide = pyo.Constraint(expr=1e-14 * model.x <= 1e14 * model.z)
    model.f, model.g = pyo.Objective(expr=model.z), pyo.Objective(expr=-model.x)
    with pytest.raises(InputError, match="coefficients") as error:
        front_of(model)
    assert error.value.place == "wide"


@pytest.mark.parametrize("large", [1e5, 1e7, 1e8, 1e9])
@pytest.mark.parametrize("method", METHODS)
def test_a_binary_of_1e_minus_9_opens_nothing(large: float, method: str) -> None:
    """Fixed charges with a large M and small quantities: every point keeps every row as it was given."""
    sites, price, charge = (1, 2, 3), {1: 3, 2: 5, 3: 2}, {1: 2, 2: 3, 3: 4}
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(sites, domain=pyo.NonNegativeReals), pyo.Var(sites, domain=pyo.Binary)
    model.d1 = pyo.Constraint(expr=model.x[1] + 2 * model.x[2] >= 0.2)
    model.d2 = pyo.Constraint(expr=model.x[2] + model.x[3] >= 0.2)
    model.k = pyo.Constraint(sites, rule=lambda m, j: m.x[j] <= large * m.z[j])
    model.f = pyo.Objective(expr=sum(charge[j] * model.z[j] for j in sites))
    model.g = pyo.Objective(expr=sum(price[j] * model.x[j] for j in sites))
    front = front_of(model, method=method)
    assert front.complete
    assert front.values == pytest.approx(np.array([[3, 1.0], [7, 0.7]]))
    for point in front.points:
        assert all(point.solution[f"x[{j}]"] <= large * point.solution[f"z[{j}]"] + 1e-9 for j in sites)


@pytest.mark.parametrize("beside", [0, 12])
def test_a_known_error_of_presolve(beside: int) -> None:
    """HiGHS 3274: unbounded whole variables, alone and beside a block of rows that keeps the solver busy."""
    model = pyo.ConcreteModel()
    model.x0, model.x1 = pyo.Var(domain=pyo.Integers), pyo.Var(domain=pyo.Integers)
    model.x2, model.x3 = pyo.Var(domain=pyo.NonNegativeReals), pyo.Var(domain=pyo.NonNegativeIntegers)
    model.a = pyo.Constraint(expr=model.x1 - model.x2 >= 0)
    model.b = pyo.Constraint(expr=model.x0 + model.x2 - model.x3 == 0)
    model.c = pyo.Constraint(expr=68 * model.x2 + model.x3 <= 12)
    model.f, model.g = pyo.Objective(expr=model.x1), pyo.Objective(expr=model.x3, sense=pyo.maximize)
    if beside:
        rng = np.random.default_rng(1)
        model.s = pyo.Var(range(3 * beside), domain=pyo.Binary)
        members = [rng.choice(3 * beside, 7, replace=False).tolist() for _ in range(2 * beside)]
        model.cover = pyo.Constraint(range(2 * beside), rule=lambda m, i: sum(m.s[j] for j in members[i]) >= 2)
    for method in METHODS:
        front = front_of(model, method=method)
        assert (front.values.tolist(), front.complete) == ([[0, 12]], True)


# ---- against brute force ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(7_000_000, 7_000_040))
def test_random_models_against_brute_force(seed: int) -> None:
    """Coefficients from 1e-4 to 1e6, whole, decimal and real: nothing missing, nothing false."""
    _, case = random_case(seed)
    wrong = [fault for fault in faults(case, METHODS[seed % 2]) if not fault.startswith("~")]
    assert not wrong


# ---- what a later look found ----------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bounds", [(0.5, 3.7), (1, 3)])
def test_whole_variables_between_fractions(method: str, bounds: tuple[float, float]) -> None:
    """Between 0.5 and 3.7 lie 1, 2 and 3: no point of the front is lost for a bound that no value has."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var(range(3), domain=pyo.Integers, bounds=bounds)
    model.f = pyo.Objective(expr=model.x[0] - 9 * model.x[1] - model.x[2])
    model.g = pyo.Objective(expr=6 * model.x[0] - 9 * model.x[1] - model.x[2], sense=pyo.maximize)
    front = front_of(model, method=method)
    every = [(a - 9 * b - c, 6 * a - 9 * b - c) for a, b, c in itertools.product((1, 2, 3), repeat=3)]
    assert front.complete
    assert sorted(front.values.tolist()) == best(every)


def test_a_row_is_asked_of_the_values_of_a_domain() -> None:
    """4e-10 of a variable that may be -5, 0 or 5 would meet a row of 1e10: as 0 it does not, and nothing does."""
    model = pyo.ConcreteModel()
    model.D = pyo.Set(initialize=[-5, 0, 5])
    model.v, model.x = pyo.Var(domain=model.D), pyo.Var(domain=pyo.Integers, bounds=(0, 9))
    model.row = pyo.Constraint(expr=1e10 * model.v + 10 * model.x == 4)
    model.f, model.g = pyo.Objective(expr=model.x), pyo.Objective(expr=model.v)
    front = front_of(model)
    assert front.complete
    assert len(front) == 0


def test_values_of_a_list_are_its_own() -> None:
    """A step of 1.1 from -1 is not quite 0.1; the value reported is the one that the domain has."""
    model = pyo.ConcreteModel()
    model.D = pyo.Set(initialize=[-1, 0.1])
    model.v, model.x = pyo.Var(domain=model.D), pyo.Var(domain=pyo.Binary)
    model.row = pyo.Constraint(expr=model.v + model.x >= 0.1)
    model.f = pyo.Objective(expr=model.x)
    model.g = pyo.Objective(expr=model.v + 1 / 3, sense=pyo.maximize)
    point = front_of(model).points[0]
    assert point.solution["v"] in model.D
    assert point.objectives == (0.0, 0.1 + 1 / 3)


def test_large_costs_of_a_domain_leave_the_constant() -> None:
    """1e-16 of a lot times 5e7 is no part of a value."""
    model = pyo.ConcreteModel()
    model.y, model.z = pyo.Var(domain=pyo.RangeSet(-3, 6, 3)), pyo.Var(domain=pyo.RangeSet(-3, 6, 3))
    model.row = pyo.Constraint(expr=model.y + model.z <= 0)
    model.f = pyo.Objective(expr=model.z + 2 * model.y)
    model.g = pyo.Objective(expr=5e7 * model.z + 9e7 * model.y - 1 / 3, sense=pyo.maximize)
    every = [(z + 2 * y, 5e7 * z + 9e7 * y - 1 / 3) for y in (-3, 0, 3, 6) for z in (-3, 0, 3, 6) if y + z <= 0]
    assert sorted(front_of(model).values.tolist()) == best(every)


@pytest.mark.parametrize("method", METHODS)
def test_a_limit_that_holds_in_decimals(method: str) -> None:
    """0.0004 x + 431 y + 427890.13 z >= 428749.1308 and <= 428752.1308 just holds at (2, 2, 1), in doubles by 6e-11."""
    model = pyo.ConcreteModel()
    model.x, model.z = pyo.Var(domain=pyo.Integers, bounds=(2, 5)), pyo.Var(domain=pyo.Binary)
    model.y = pyo.Var(bounds=(2, 2))
    total = 0.0004 * model.x + 431 * model.y + 427890.13 * model.z
    model.row = pyo.Constraint(expr=pyo.inequality(428749.1308, total, 428752.1308))
    model.f, model.g = pyo.Objective(expr=model.x), pyo.Objective(expr=-model.z)
    front = front_of(model, method=method)
    assert front.complete
    assert front.values.tolist() == [[2.0, -1.0]]


def test_the_model_keeps_its_own_values() -> None:
    """A front is read from the solver's columns: nothing is written into the model, not even for a moment."""
    model = pyo.ConcreteModel()
    model.x = pyo.Var([1, 2], domain=pyo.Binary, initialize=1)
    model.f, model.g = pyo.Objective(expr=model.x[1] + 2 * model.x[2]), pyo.Objective(expr=-model.x[1] - model.x[2])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(model.x[1]), "set_value", lambda *_, **__: pytest.fail("a value was written"))
        front = front_of(model)
    assert [point.solution for point in front.points] == [
        {"x[1]": 0, "x[2]": 0},
        {"x[1]": 1, "x[2]": 0},
        {"x[1]": 1, "x[2]": 1},
    ]
    assert model.x[2].value == 1
