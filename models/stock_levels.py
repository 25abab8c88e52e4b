"""Base-stock levels of modules: the least value of stock that surely reaches a fill rate (Song 1998 for the system).

    min   sum_i v_i sum_l l y_il                                   value of base stock
    s.t.  sum_l y_il = 1                                           one level a module
          sum_{i in K} sum_l (1 - F_il) y_il <= 1 - alpha          each order type K is filled often enough, or
          sum_K p_K sum_{i in K} sum_l (1 - F_il) y_il <= 1 - alpha        all of them together are
          y_il in {0, 1}

F_il = P(D_i <= l - 1) is how often module i is there with base stock l. An order is missed at most as often as its
modules are missed one by one, so that the levels are safe; FORMULATION = "relaxed" bounds them from below instead.

Run it as it is, or copy it and vary it:

    pyomo solve --solver=highs models/stock_levels.py instances/levels/two-components.json
"""

import atoopt
from atoopt.levels.model.formulation import build
from atoopt.solvers.printed import print_solution

FORMULATION = "safe"


def build_model(instance):
    """Return the model of an instance."""
    return build(instance, FORMULATION)


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_postprocess(options=None, instance=None, results=None):
    """Print status, objective and what is chosen, which ``pyomo solve`` does not."""
    print_solution(instance, results)
