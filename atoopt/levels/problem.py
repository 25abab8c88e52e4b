"""Stock levels as a problem family: what solving, checking and the command line know of it."""

from __future__ import annotations

from atoopt.base.problem import Method, Problem

_OF_MODELS = ("solver", "solver_options", "command")

PROBLEM = Problem(
    format="atoopt/stock-levels",
    instance="atoopt.levels.instance:LevelsInstance",
    evaluate="atoopt.levels.evaluation:evaluate_levels",
    check="atoopt.levels.check:check",
    objectives=("cost", "missed"),
    methods={
        "auto": Method("atoopt.levels.solve:auto", _OF_MODELS),
        "milp": Method("atoopt.levels.solve:milp", _OF_MODELS),
        "greedy": Method("atoopt.levels.solve:greedy", _OF_MODELS),
        "enumeration": Method("atoopt.levels.solve:enumeration"),
    },
    fronts={"auto": Method("atoopt.levels.fronts:service_curve", proves=False)},
    whole_curve={"target": {"kind": "average", "fill_rate": 0.5}},
    solution_pictures={"levels": "atoopt.plots.levels:levels_by_module"},
    solution_text="atoopt.cli.text.levels:levels_table",
    checked_text="atoopt.cli.text.levels:checked_lines",
    checked_data="atoopt.cli.text.levels:checked_json",
)
