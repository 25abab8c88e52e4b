"""Stock composition: which modules to pre-assemble and hold (da Cunha, Agard and Kusiak 2007).

    min   alpha sum_M (|M| - 1) y_M + beta N + gamma sum_M |M| y_M + delta t          (9) = (4)+(5)+(6)+(7)
    s.t.  y_{P_k} + sum_pi lambda_{k,pi} = 1               each product k is built
          sum_{pi uses M} lambda_{k,pi} <= y_M             only from modules in stock
          n_k = sum_pi lambda_{k,pi} (|pi| - 1)            its final-assembly operations
          t = tau sum_k p_k n_k <= T                       (2) what the customer accepts
          y_M in {0, 1},  lambda >= 0

y_M: module M is held (every single component always is); lambda_{k,pi}: product k is partitioned as pi.

Run it as it is, or copy it and vary it:

    pyomo solve --solver=highs models/stock_composition.py instances/stock/uniform-5.json
    atoopt solve instances/stock/uniform-5.json --model models/stock_composition.py
"""

import atoopt
from atoopt.solvers.printed import print_solution
from atoopt.stock import build


def build_model(instance):
    """Return the model of an instance; the one function that ``atoopt solve --model`` calls."""
    return build(instance, formulation="pattern")


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_postprocess(options=None, instance=None, results=None):
    """Print status, objective and what is chosen, which ``pyomo solve`` does not."""
    print_solution(instance, results)
