"""The p-median model on the inclusion order, in Pyomo."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyomo.environ import Binary, ConcreteModel, Constraint, Objective, Set, UnitInterval, Var, minimize

from atoopt.diversity.core import Core, core_of
from atoopt.diversity.instance import DiversityInstance


def build(instance: DiversityInstance, core: Core | None = None) -> ConcreteModel:
    """Return the model of an instance.

    ::

        min   sum_k D_k - sum_kj s_kj x_kj
        s.t.  sum_j x_kj <= 1       every order k: one variant at most that is better than the sure one
              x_kj <= y_j           a variant that is built
              sum_j y_j <= P
              y_j = 1               j within no other product
              y_j in {0, 1}, x_kj in [0, 1]

    y_j = 1: variant j is built. D_k is the cost of order k by the nearest variant that must be built, s_kj = D_k -
    c_kj > 0 what a nearer one saves: the p-median model of Briant and Naddef (2004) without the pairs that no optimum
    needs; its relaxation gives the same bound.

    Parameters
    ----------
    instance : DiversityInstance
    core : Core, optional
        What is left to decide; by default, all that the inclusion order leaves open.

    Returns
    -------
    pyomo.environ.ConcreteModel
        With ``build`` (y) and ``serve`` (x) by positions of products, and the objectives ``give_away`` and
        ``n_variants``, the second one not active.

    Examples
    --------
    >>> import atoopt
    >>> model = build(atoopt.load("instances/diversity/trims-6.json"))
    >>> model.nvariables(), model.nconstraints()
    (13, 12)
    """
    core = core_of(instance) if core is None else core
    model = ConcreteModel(name=instance.name)
    saving = dict(zip(zip(core.order.tolist(), core.variant.tolist(), strict=True), core.saving.tolist(), strict=True))
    model.products = Set(initialize=range(core.n), ordered=True)
    model.pairs = Set(initialize=list(saving), dimen=2, ordered=True)
    model.build = Var(model.products, domain=Binary)
    model.serve = Var(model.pairs, domain=UnitInterval)
    for j in np.flatnonzero(~core.free).tolist():
        model.build[j].fix(int(core.opened[j]))
    n_variants = sum(model.build[j] for j in model.products)
    saved = sum(amount * model.serve[pair] for pair, amount in saving.items())
    model.give_away = Objective(expr=core.base - saved if np.isfinite(core.base) else 0.0, sense=minimize)
    model.n_variants = Objective(expr=n_variants, sense=minimize)
    model.n_variants.deactivate()
    served: dict[int, list[int]] = {}
    for k, j in saving:
        served.setdefault(k, []).append(j)
    model.one_variant = Constraint(sorted(served), rule=lambda m, k: sum(m.serve[k, j] for j in served[k]) <= 1)
    model.only_built = Constraint(model.pairs, rule=lambda m, k, j: m.serve[k, j] <= m.build[j])
    model.most_variants = Constraint(expr=n_variants <= core.budget + int(core.opened.sum()))
    return model


def variants_of(model: Any) -> tuple[int, ...]:
    """Return the variants built in the solution of a model, as positions of products."""
    return tuple(j for j in model.products if round(model.build[j].value or 0.0) == 1)
