"""A knapsack's front by pyaugmecon, run by an interpreter that has it; `tests.bench.pareto` calls this.

pyaugmecon 1 is made for Gurobi: its one call of the solver is replaced by Pyomo's interface to HiGHS, with the same
gap and threads as the others have.
"""

import json
import os
import sys
import tempfile

import pyomo.environ as pyo
from pyaugmecon import PyAugmecon
from pyaugmecon.model import Model


def solve(self: Model) -> None:
    """Solve the current model by HiGHS."""
    solver = pyo.SolverFactory("appsi_highs")
    solver.highs_options = {"threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-9}
    solver.config.load_solution = False
    self.result = solver.solve(self.model, load_solutions=False)
    self.term, self.status = self.result.solver.termination_condition, self.result.solver.status
    if self.term == pyo.TerminationCondition.optimal:
        solver.load_vars()


def main() -> None:
    """Read the data from standard input, print the points on the last line."""
    data = json.load(sys.stdin)
    model = pyo.ConcreteModel()
    items = range(len(data["c"][0]))
    model.x = pyo.Var(items, domain=pyo.Binary)
    model.fits, model.obj_list = pyo.ConstraintList(), pyo.ObjectiveList()
    for row, room in zip(data["a"], data["b"], strict=True):
        model.fits.add(sum(w * model.x[i] for i, w in enumerate(row)) <= room)
    for row in data["c"]:
        model.obj_list.add(sum(g * model.x[i] for i, g in enumerate(row)), sense=pyo.maximize)
    for k in (1, 2):
        model.obj_list[k].deactivate()
    Model.solve = solve
    options = {"name": "peer", "grid_points": data["grid_points"], "cpu_count": 1, "output_excel": False}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        search = PyAugmecon(model, options)
        search.solve()
        points = [[float(value) for value in point] for point in search.get_pareto_solutions()]
        os.chdir("/")
    print("\n" + json.dumps(points))


if __name__ == "__main__":
    main()
