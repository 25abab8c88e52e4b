"""MTO/MTS policy where every process has a capacity, also those that the instance leaves open.

    sum_i Ts_ij (O_i x_i + D_i / B_i (1 - x_i)) + Tp_ij D_i <= H_j          for each process j

H_j is the instance's own limit, or the run hours plus 1.08 times the set-up hours of stock production: no
process may spend more than 8 % longer on set-ups than it does today. The rest of the model is that of
``mto_mts.py``; its objective over the plain model's is the price of the capacities.

    pyomo solve --solver=highs models/mto_mts_capacity.py instances/policy/plates-60.json
    atoopt solve instances/policy/plates-60.json --model models/mto_mts_capacity.py
"""

import pyomo.environ as pyo

import atoopt
from atoopt.policy import build, process_hours
from atoopt.solvers.printed import print_solution

MORE_SETUPS = 1.08


def build_model(instance):
    """Return the plain model with a capacity for every process."""
    model = build(instance)
    model.J = pyo.Set(initialize=instance.processes)

    @model.Constraint(model.J, doc="set-up plus run hours of a process")
    def capacity(m, process):
        j = instance.processes.index(process)
        setups = instance.setup_hours_by_process[:, j] @ instance.batches_per_year
        today = instance.run_hours[:, j].sum() + MORE_SETUPS * setups
        limit = instance.process_limits.get(process, float(today))
        hours = process_hours(m, instance, process)
        return pyo.Constraint.Skip if isinstance(hours, float) else hours <= limit

    return model


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_postprocess(options=None, instance=None, results=None):
    """Print status, objective and what is chosen, which ``pyomo solve`` does not."""
    print_solution(instance, results)
