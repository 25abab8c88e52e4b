"""Stock composition as a problem family: what solving, checking and the command line know of it."""

from __future__ import annotations

from atoopt.base.problem import Method, Problem

_OF_MODELS = ("solver", "solver_options", "command", "formulation", "candidates", "model", "start")

PROBLEM = Problem(
    format="atoopt/stock-composition",
    instance="atoopt.stock.instance:StockInstance",
    evaluate="atoopt.stock.evaluation:evaluate_masks",
    check="atoopt.stock.check:check",
    objectives=("cost", "mean_assembly_time"),
    methods={
        "auto": Method("atoopt.stock.auto:solve", _OF_MODELS),
        "milp": Method("atoopt.stock.model.milp:solve", _OF_MODELS),
        "decomposition": Method("atoopt.stock.column_generation:solve", ("start",)),
        "annealing": Method("atoopt.stock.annealing:solve", ("start",), proves=False),
        "greedy": Method("atoopt.stock.heuristics.greedy:solve", proves=False),
        "module-frequency": Method("atoopt.stock.heuristics.construct:solve_by_frequency", proves=False),
        "module-size": Method("atoopt.stock.heuristics.construct:solve_by_size", proves=False),
        "enumeration": Method("atoopt.stock.enumeration.enumerate:solve"),
    },
    fronts={
        "auto": Method("atoopt.stock.fronts.methods:auto", ("journal", "times")),
        "epsilon-constraint": Method("atoopt.stock.fronts.methods:epsilon_constraint", ("journal",)),
        "decomposition": Method("atoopt.stock.fronts.methods:decomposition", ("journal", "times")),
        "enumeration": Method("atoopt.stock.fronts.methods:enumeration"),
    },
    solution_text="atoopt.cli.text.stock:stock_table",
    checked_text="atoopt.cli.text.stock:checked_lines",
    checked_data="atoopt.cli.text.stock:checked_json",
    exporter="atoopt.cli.text.stock:export_lines",
    formulations=("pattern", "assignment"),
    model="atoopt.stock.model.milp:as_model",
    whole_curve={"max_mean_assembly_time": None},
    limits=("max_mean_assembly_time", "max_modules"),
    start="atoopt.stock.start:known_stock",
    pictures={"demand": "atoopt.plots.demand:demand_concentration"},
    solution_pictures={"modules": "atoopt.plots.stock:stock_map"},
    picture="atoopt.plots.demand:demand_concentration",
)
