"""MTO/MTS policy: which parts to make to order, which to stock (Bortolini, Faccio, Gamberi and Pilati 2019).

    min   P  = sum_i B_i / (2 EPQ_i) (1 - x_i)                     (6), (7)  pallets in stock
    min   TS = sum_i Ts_i (O_i x_i + D_i / B_i (1 - x_i))          (8), (9)  set-up hours a year
    s.t.  P <= max_pallets,  TS <= max_setup_hours                 where the instance limits them
          sum_i Ts_ij (O_i x_i + D_i / B_i (1 - x_i)) + Tp_ij D_i <= H_j     process hours
          x_i fixed, x_i = x_k                                     fixed policies, parts that go together
          x_i in {0, 1}

x_i = 1: part i is made to order (MTO), no stock and a set-up an order; 0: to stock (MTS), in batches B_i.
One objective is active at a time: here P + 2 TS, the paper's weights. Activate ``pallets`` or ``setup_hours``
instead for a single one, or hand the two to ``atoopt.pareto.pareto_front`` for the whole frontier.

Run it as it is, or copy it and vary it:

    pyomo solve --solver=highs models/mto_mts.py instances/policy/plates-60.json
    atoopt solve instances/policy/plates-60.json --model models/mto_mts.py
"""

import atoopt
from atoopt.policy import Objective, build
from atoopt.solvers.printed import print_solution

WEIGHTS = (1.0, 2.0)  # of pallets and of set-up hours


def build_model(instance):
    """Return the model of an instance; the one function that ``atoopt solve --model`` calls."""
    return build(instance, Objective(WEIGHTS))


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_postprocess(options=None, instance=None, results=None):
    """Print status, objective and what is chosen, which ``pyomo solve`` does not."""
    print_solution(instance, results)
