"""Diversity management: which variants to build (Briant and Naddef 2004; Agra, Cardoso, Cerdeira, Miranda, Rocha 2009).

    min   sum_k D_k - sum_kj s_kj x_kj      the mean cost of what orders get beyond what was ordered
    s.t.  sum_j x_kj <= 1                   every order k
          x_kj <= y_j                       a variant that is built
          sum_j y_j <= P
          y_j = 1                           j within no other product
          y_j in {0, 1}, x_kj in [0, 1]

y_j = 1: variant j is built; x_kj = 1: order k gets j, which has all that k asks for and saves s_kj > 0 against the
nearest variant that must be built in any case, which costs D_k. Variants are chosen among the products ordered.

Run it as it is, or copy it and vary it:

    pyomo solve --solver=highs models/diversity.py instances/diversity/trims-6.json
    atoopt solve instances/diversity/trims-6.json --model models/diversity.py
"""

import atoopt
from atoopt.diversity import build, variants_of


def build_model(instance):
    """Return the model of an instance; the one function that ``atoopt solve --model`` calls."""
    return build(instance)


def pyomo_create_model(options=None, model_options=None):
    """Return the model of the instance file given to ``pyomo solve``."""
    return build_model(atoopt.load(options.data.files[0]))


def pyomo_print_results(options=None, instance=None, results=None):
    """Tell what ``pyomo solve`` found: status, give-away, and the variants by name."""
    data = atoopt.load(options.data.files[0])
    print(f"status {results.solver.termination_condition}, {instance.give_away():.6g} given away an order, variants:")
    for j in variants_of(instance):
        print(f"  {data.labels[j]}")
