"""The linearized Pyomo models of the stock-composition problem: *assignment* and *pattern*.

=================  ===========================================  ==============================
code               symbol                                       domain
=================  ===========================================  ==============================
``hold[M]``        y_M, module M is in stock                    binary, |M| >= 2
``use[k, M]``      x_kM, product k is assembled from module M   binary (assignment)
``build[k, pi]``   lambda_k,pi, product k is partitioned as pi  continuous, >= 0 (pattern)
``n[k]``           n_k, operations of product k                 expression; continuous, >= 0 (pattern)
``operations``     sum_k p_k n_k                                expression
``cost``           (9) = (4) + (5) + (6) + (7)                  objective
=================  ===========================================  ==============================

Single components are always held: they are constants of the cost, not variables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyomo.environ as pyo

from atoopt.base.errors import InputError
from atoopt.stock.candidates import Candidates, default_candidates
from atoopt.stock.cost import FINE, ROUNDING, cost_terms, limits_of
from atoopt.stock.evaluation import Evaluation, max_operations_within
from atoopt.stock.instance import StockInstance
from atoopt.stock.model.patterns import partitions_into


def build(
    instance: StockInstance, formulation: str = "pattern", candidates: Candidates | None = None
) -> pyo.ConcreteModel:
    """Build a model of an instance.

    Parameters
    ----------
    instance : StockInstance
    formulation : {"pattern", "assignment"}
    candidates : Candidates, optional
        The modules that may be held; by default `default_candidates`.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With ``modules``, the label of each module -> its components as bits, besides the table above.

    Raises
    ------
    InputError
        No such formulation.

    Examples
    --------
    >>> import atoopt
    >>> from atoopt.stock.model.formulation import build
    >>> model = build(atoopt.load("instances/stock/uniform-5.json"), "pattern")
    >>> len(model.hold), len(model.build)
    (26, 171)
    """
    check_formulation(formulation)
    candidates = candidates or default_candidates(instance)
    model = pyo.ConcreteModel(name=f"{instance.name} ({formulation})")
    label = _labels(instance)
    model.modules = {label(mask): mask for mask in candidates.masks}
    model.label = label
    model.M = pyo.Set(initialize=list(model.modules), doc="modules of several components that may be held")
    model.K = pyo.Set(
        initialize=[k for k, size in enumerate(instance.product_sizes.tolist()) if size > 1],
        doc="products of several components; the others need no operation",
    )
    model.hold = pyo.Var(model.M, domain=pyo.Binary, doc="y_M")
    FORMULATIONS[formulation](model, instance)
    _limits_and_cost(model, instance)
    return model


def assignment(model: pyo.ConcreteModel, instance: StockInstance) -> None:
    """Add the textbook model: each component of each product is in exactly one module used for it.

    sum_{M contains c} x_kM = 1 for each k and c in P_k;  x_kM <= y_M;  n_k = sum_M x_kM - 1.
    """
    label, shares = model.label, instance.shares
    single = {label(1 << i): 1 << i for i in range(instance.n_components)}
    inside = {
        k: {name: mask for name, mask in (single | model.modules).items() if mask & ~instance.product_masks[k] == 0}
        for k in model.K
    }
    model.KM = pyo.Set(dimen=2, initialize=[(k, name) for k in model.K for name in inside[k]])
    model.use = pyo.Var(model.KM, domain=pyo.Binary, doc="x_kM")
    model.KC = pyo.Set(
        dimen=2,
        initialize=[(k, name) for k in model.K for name in inside[k] if name in single],
    )

    @model.Constraint(model.KC, doc="each component of a product comes in exactly one module")
    def covered_once(m: Any, k: int, c: str) -> Any:
        return sum(m.use[k, name] for name, mask in inside[k].items() if mask & single[c]) == 1

    @model.Constraint(model.KM, doc="only modules in stock are used")
    def in_stock(m: Any, k: int, name: str) -> Any:
        return pyo.Constraint.Skip if name in single else m.use[k, name] <= m.hold[name]

    def operations_of(k: int) -> Any:
        return sum(model.use[k, name] for name in inside[k]) - 1

    model.n = pyo.Expression(model.K, rule=lambda _, k: operations_of(k), doc="n_k")
    model.operations = pyo.Expression(expr=sum(shares[k] * model.n[k] for k in model.K))
    ratio = instance.delivery_ratio
    if ratio is not None:
        quick = max_operations_within(instance, ratio.max_assembly_time)
        late = [k for k in model.K if instance.product_sizes[k] - 1 > quick]
        model.in_time = pyo.Var(late, domain=pyo.Binary, doc="1: product k is assembled within the ratio's time")

        @model.Constraint(late, doc="a product in time needs few operations")
        def few_operations(m: Any, k: int) -> Any:
            most = int(instance.product_sizes[k]) - 1
            return operations_of(k) <= most - (most - quick) * m.in_time[k]

        at_once = 1.0 - sum(shares[k] for k in late)
        model.share_in_time = pyo.Expression(expr=at_once + sum(shares[k] * model.in_time[k] for k in late))

    def start(evaluation: Evaluation) -> None:
        for variable in model.use.values():
            variable.value = 0
        for k in model.K:
            for mask in evaluation.partition[k]:
                model.use[k, label(mask)].value = 1
            if ratio is not None and k in model.in_time:
                model.in_time[k].value = int(evaluation.operations[k] <= quick)

    model.start = start


def pattern(model: pyo.ConcreteModel, instance: StockInstance) -> None:
    """Add our model: each product is built by a convex combination of its partitions into modules.

    y_P_k + sum_pi lambda_k,pi = 1 for each k;  sum_{pi uses M} lambda_k,pi <= y_M for each k and M in P_k;
    n_k = sum_pi lambda_k,pi (|pi| - 1).

    Only y is integer: with y fixed, a product's best partition is a vertex. Its relaxation is at least as
    tight as that of *assignment* (it is the Dantzig-Wolfe one). One partition of each product has no column
    of its own, the whole product as one module: a product in stock needs no operation, so that its column
    equals y. No other is left out.
    """
    label, shares, sizes = model.label, instance.shares, instance.product_sizes
    candidates = frozenset(model.modules.values())
    parts: dict[tuple[int, str], tuple[int, ...]] = {}
    of_product: dict[int, list[str]] = {k: [] for k in model.K}
    using: dict[tuple[int, str], list[str]] = {}
    for k in model.K:
        product = instance.product_masks[k]
        for modules in partitions_into(product, candidates - {product}):
            pi = _pattern_label(label, modules)
            parts[k, pi] = modules
            of_product[k].append(pi)
            for mask in modules:
                using.setdefault((k, label(mask)), []).append(pi)
    operations = {
        (k, pi): int(sizes[k]) - 1 - sum(mask.bit_count() - 1 for mask in modules) for (k, pi), modules in parts.items()
    }
    model.KP = pyo.Set(dimen=2, initialize=list(parts), doc="products and their partitions")
    model.KM = pyo.Set(dimen=2, initialize=list(using), doc="products and the modules that fit in them")
    model.build = pyo.Var(model.KP, domain=pyo.NonNegativeReals, doc="lambda_k,pi")
    model.n = pyo.Var(model.K, domain=pyo.NonNegativeReals, doc="n_k, operations of product k")

    def whole(k: int) -> Any:
        return model.hold[label(product)] if (product := instance.product_masks[k]) in candidates else 0

    @model.Constraint(model.K, doc="each product is built")
    def built(m: Any, k: int) -> Any:
        return whole(k) + sum(m.build[k, pi] for pi in of_product[k]) == 1

    @model.Constraint(model.KM, doc="only modules in stock are used")
    def in_stock(m: Any, k: int, name: str) -> Any:
        return sum(m.build[k, pi] for pi in using[k, name]) <= m.hold[name]

    @model.Constraint(model.K, doc="n_k")
    def operations_of(m: Any, k: int) -> Any:
        return m.n[k] == sum(operations[k, pi] * m.build[k, pi] for pi in of_product[k])

    model.operations = pyo.Expression(expr=sum(shares[k] * model.n[k] for k in model.K))
    ratio = instance.delivery_ratio
    if ratio is not None:
        # A product that can be built in time is: its shortest partition is no worse for any other limit.
        quick = max_operations_within(instance, ratio.max_assembly_time)
        at_once = float(sum(shares[k] for k in range(instance.n_products) if k not in model.K))
        in_time = sum(shares[k] * model.build[k, pi] for k, pi in parts if operations[k, pi] <= quick)
        model.share_in_time = pyo.Expression(expr=at_once + sum(shares[k] * whole(k) for k in model.K) + in_time)

    def start(evaluation: Evaluation) -> None:
        for variable in model.build.values():
            variable.value = 0
        for k in model.K:
            model.n[k].value = int(evaluation.operations[k])
            modules = sorted((mask for mask in evaluation.partition[k] if mask & (mask - 1)), key=lambda m: m & -m)
            pi = _pattern_label(label, modules)
            if (k, pi) in parts:
                model.build[k, pi].value = 1

    model.start = start


FORMULATIONS: dict[str, Callable[[pyo.ConcreteModel, StockInstance], None]] = {
    "pattern": pattern,
    "assignment": assignment,
}


def check_formulation(name: str | None) -> None:
    """Raise an `InputError` unless this is the name of a formulation, or None."""
    if name is not None and name not in FORMULATIONS:
        raise InputError(f'is "{name}"', f"choose one of {', '.join(FORMULATIONS)}", place="formulation")


def _limits_and_cost(model: pyo.ConcreteModel, instance: StockInstance) -> None:
    """Add (2), max modules, the delivery ratio, and the cost (9) on either basis."""
    model.mean_assembly_time = pyo.Expression(expr=instance.time_per_operation * model.operations)
    limits = limits_of(instance).looser(ROUNDING)
    if instance.max_mean_assembly_time is not None and len(model.K):
        most = min(limits.operations, instance.most_operations + 1.0)  # nothing is above, and solvers balk at 1e15
        slow = FINE * model.operations <= FINE * most
        model.customer_accepts = pyo.Constraint(expr=slow, doc="(2) t(S) <= T, in 1024ths of an operation")
    if limits.modules < 0:
        model.max_modules = pyo.Constraint(expr=pyo.Constraint.Infeasible)
    elif limits.modules < math.inf and len(model.M):
        few = pyo.quicksum(model.hold.values()) <= int(limits.modules)
        model.max_modules = pyo.Constraint(expr=few, doc="N <= max_modules")
    if instance.delivery_ratio is not None and len(model.K):
        prompt = FINE * model.share_in_time >= FINE * limits.share
        model.delivery_ratio = pyo.Constraint(expr=prompt, doc="enough is in time, in 1024ths of the demand")
    _add_cost(model, instance)


def _add_cost(model: pyo.ConcreteModel, instance: StockInstance) -> None:
    """Add the terms (4) to (7), and their sum (9), the objective."""
    held = sum(model.hold.values())
    joins = sum((mask.bit_count() - 1) * model.hold[name] for name, mask in model.modules.items())
    for number, (name, term) in enumerate(cost_terms(instance).items(), 4):
        own = term.base + term.per_module * held + term.per_join * joins
        expression = pyo.Expression(expr=own + term.per_operation * model.operations, doc=f"({number})")
        model.add_component(name, expression)
    terms = model.preassembly + model.fixed_transport + model.variable_transport + model.final_assembly
    model.cost = pyo.Objective(expr=terms, doc="(9)")


def _pattern_label(label: Callable[[int], str], modules: Iterable[int]) -> str:
    return "|".join(map(label, modules)) or "singles"


def set_start(model: pyo.ConcreteModel, evaluation: Evaluation) -> None:
    """Write a stock into the variables, as the start of a solve; modules unknown to the model are passed over."""
    stock = frozenset(evaluation.masks)
    for name, mask in model.modules.items():
        model.hold[name].value = int(mask in stock)
    if all(mask in model.modules.values() for mask in evaluation.masks if mask & (mask - 1)):
        model.start(evaluation)


def stock_of(model: pyo.ConcreteModel, values: Mapping[int, float] | None = None) -> list[int]:
    """Return the modules held in the model's current values, or in those given by ``id(variable)``, as bits."""
    values = values or {}
    held = {name: values.get(id(hold), hold.value) or 0 for name, hold in model.hold.items()}
    return [mask for name, mask in model.modules.items() if held[name] > 0.5]


def _labels(instance: StockInstance) -> Callable[[int], str]:
    """Return the function that names a module: its components, joined by a sign that no name contains."""
    signs = (sign for sign in ("+", "&", ";", " + ", " & ") if not any(sign in name for name in instance.components))
    sign = next(signs, "+++")
    known: dict[int, str] = {}

    def label(mask: int) -> str:
        if mask not in known:
            known[mask] = sign.join(instance.names(mask))
        return known[mask]

    return label
