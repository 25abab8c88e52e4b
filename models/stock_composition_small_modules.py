"""Stock composition with two rules more: no module above four components, no component in over three.

    |M| y_M <= 4                              for each module M: what one worker can carry
    sum_{M contains c, |M| >= 2} y_M <= 3     for each component c: its supplier packs for three lines at most

The rest of the model is that of ``stock_composition.py``. Status and bound of the result are then those of
this variant, and its cost over the plain model's is the price of the two rules.

    atoopt solve instances/stock/uniform-5.json --model models/stock_composition_small_modules.py
"""

import pyomo.environ as pyo

import atoopt
from atoopt.solvers.printed import print_solution
from atoopt.stock import build

MOST_COMPONENTS = 4
MOST_MODULES = 3


def build_model(instance):
    """Return the plain model with the two rules added."""
    model = build(instance, formulation="pattern")
    model.C = pyo.Set(initialize=instance.components)

    @model.Constraint(model.M, doc="a worker can carry it")
    def light(m, name):
        return m.modules[name].bit_count() * m.hold[name] <= MOST_COMPONENTS

    @model.Constraint(model.C, doc="its supplier packs for few lines")
    def few_lines(m, c):
        holding = [m.hold[name] for name, mask in m.modules.items() if mask & instance.mask([c])]
        return sum(holding) <= MOST_MODULES if holding else pyo.Constraint.Skip

    return model


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_postprocess(options=None, instance=None, results=None):
    """Print status, objective and what is chosen, which ``pyomo solve`` does not."""
    print_solution(instance, results)
