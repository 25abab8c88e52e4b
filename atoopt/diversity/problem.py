"""Diversity management as a problem family: what solving, checking and the command line know of it."""

from __future__ import annotations

from atoopt.base.problem import Method, Problem

_OF_MODELS = ("solver", "solver_options", "command", "model")

PROBLEM = Problem(
    format="atoopt/diversity",
    instance="atoopt.diversity.instance:DiversityInstance",
    evaluate="atoopt.diversity.evaluation:evaluate_positions",
    check="atoopt.diversity.check:check",
    objectives=("give_away", "n_variants"),
    methods={
        "auto": Method("atoopt.diversity.auto:solve", _OF_MODELS),
        "milp": Method("atoopt.diversity.model.milp:solve", _OF_MODELS),
        "lagrangian": Method("atoopt.diversity.lagrangian.solve:solve"),
    },
    fronts={
        "auto": Method("atoopt.diversity.fronts:lagrangian"),
        "lagrangian": Method("atoopt.diversity.fronts:lagrangian"),
        "epsilon-constraint": Method("atoopt.diversity.fronts:epsilon_constraint", ("journal",)),
    },
    solution_text="atoopt.cli.text.diversity:variants_table",
    checked_text="atoopt.cli.text.diversity:checked_lines",
    checked_data="atoopt.cli.text.diversity:checked_json",
    exporter="atoopt.cli.text.diversity:export_lines",
    model="atoopt.diversity.model.milp:as_model",
    whole_curve={"max_variants": None},
    limits=("max_variants",),
)
