"""The MTO/MTS policy as a problem family: what solving, checking and the command line know of it."""

from __future__ import annotations

from atoopt.base.problem import Method, Problem

_OF_MODELS = ("solver", "solver_options", "command", "model", "objective", "weights", "choose")

PROBLEM = Problem(
    format="atoopt/policy",
    instance="atoopt.policy.instance:PolicyInstance",
    evaluate="atoopt.policy.evaluation:evaluate_choice",
    check="atoopt.policy.check:check",
    objectives=("pallets", "setup_hours"),
    methods={
        "auto": Method("atoopt.policy.auto:solve", _OF_MODELS),
        "milp": Method("atoopt.policy.model.milp:solve", _OF_MODELS),
        "threshold": Method("atoopt.policy.threshold.solve:solve", ("objective", "weights", "choose"), proves=False),
        "exact": Method(
            "atoopt.policy.frontier.exact:solve",
            ("solver", "solver_options", "command", "objective", "weights", "choose"),
        ),
    },
    fronts={
        "auto": Method("atoopt.policy.fronts:exact", ("journal",)),
        "exact": Method("atoopt.policy.fronts:exact", ("journal",)),
        "threshold": Method("atoopt.policy.fronts:threshold"),
        "epsilon-constraint": Method("atoopt.policy.fronts:epsilon_constraint", ("journal",)),
        "milp": Method("atoopt.policy.fronts:epsilon_constraint", ("journal",)),
    },
    solution_text="atoopt.cli.text.policy:policy_table",
    checked_text="atoopt.cli.text.policy:checked_lines",
    checked_data="atoopt.cli.text.policy:checked_json",
    exporter="atoopt.cli.text.policy:export_lines",
    model="atoopt.policy.model.milp:as_model",
    pictures={
        "parts": "atoopt.plots.policy_plane:parts_plane",
        "objectives": "atoopt.plots.policy_objectives:objectives_of",
    },
    solution_pictures={"policy": "atoopt.plots.policy_plane:policy_plane"},
    picture="atoopt.plots.policy_plane:parts_plane",
)
