"""One solve by one engine, in this process; `tests.bench.engines` calls it in a child a solve.

Engines: a method of ours (``decomposition``, ``annealing``, ``auto``, ``milp``), or a solver on the textbook
*assignment* model: ``assignment:highs``, ``assignment:scip`` (PySCIPOpt), ``assignment:cp-sat`` (OR-Tools).
HiGHS and OR-Tools cannot live in one process, so that the model reaches CP-SAT as a file.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    """Print one JSON object: objective, bound, status, seconds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("engine")
    parser.add_argument("--model", help="the assignment model as an MPS file, for scip and cp-sat")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    started = time.perf_counter()
    found = ENGINES.get(arguments.engine, ours)(arguments)
    print(json.dumps({"engine": arguments.engine, "seconds": time.perf_counter() - started, **found}))


def ours(arguments: Any) -> dict[str, Any]:
    """Solve by one of our methods."""
    import atoopt

    result = atoopt.solve(
        atoopt.load(arguments.instance), arguments.engine, time_limit=arguments.time_limit,
        threads=arguments.threads, jobs=arguments.threads, seed=arguments.seed,
    )  # fmt: skip
    bound = result.restricted_bound if result.bound is None else result.bound
    return {"objective": result.objective, "bound": bound, "status": result.status}


def highs(arguments: Any) -> dict[str, Any]:
    """Solve the file by HiGHS with its defaults."""
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("time_limit", arguments.time_limit)
    solver.setOptionValue("threads", arguments.threads)
    solver.setOptionValue("random_seed", arguments.seed)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.readModel(arguments.model)
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    objective = info.objective_function_value if found else None
    return {"objective": objective, "bound": _finite(info.mip_dual_bound), "status": str(solver.getModelStatus())}


def scip(arguments: Any) -> dict[str, Any]:
    """Solve the file by SCIP with its defaults."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    model.readProblem(arguments.model)
    model.setParam("limits/time", arguments.time_limit)
    model.setParam("randomization/randomseedshift", arguments.seed)
    if arguments.threads > 1:
        model.setParam("parallel/maxnthreads", arguments.threads)
        model.solveConcurrent()
    else:
        model.optimize()
    objective = model.getObjVal() if model.getNSols() else None
    return {"objective": objective, "bound": _finite(model.getDualbound()), "status": model.getStatus()}


def cp_sat(arguments: Any) -> dict[str, Any]:
    """Solve the file by CP-SAT with its defaults; it rounds the coefficients to integers by itself."""
    from ortools.linear_solver.python import model_builder

    model = model_builder.Model()
    if not model.import_from_mps_file(arguments.model):
        raise SystemExit(f"{arguments.model} cannot be read")
    solver = model_builder.Solver("sat")
    solver.set_time_limit_in_seconds(arguments.time_limit)
    solver.set_solver_specific_parameters(f"num_workers:{arguments.threads} random_seed:{arguments.seed}")
    status = solver.solve(model)
    found = status.name in ("OPTIMAL", "FEASIBLE")
    bound = _finite(solver.best_objective_bound) if found else None
    return {"objective": solver.objective_value if found else None, "bound": bound, "status": status.name}


def write_assignment(instance: str, file: Path) -> str:
    """Write the textbook model of an instance; return which modules it may hold."""
    import atoopt
    from atoopt.stock.model.export import export_model

    candidates, _ = export_model(atoopt.load(instance), file, "assignment")
    return candidates.description


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) and abs(value) < 1e19 else None


ENGINES: dict[str, Callable[[Any], dict[str, Any]]] = {
    "assignment:highs": highs,
    "assignment:scip": scip,
    "assignment:cp-sat": cp_sat,
}

if __name__ == "__main__":
    main()
