"""CP-SAT in a process of its own, for OR-Tools and highspy do not live together: ``python -m ... FILE``.

FILE is JSON: what is asked. Progress goes to standard output, a line each; the answer is JSON beside FILE. Nothing of
ours that imports highspy may be imported here.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any


def main(path: Path) -> None:
    """Solve the model of an asking file."""
    from ortools.linear_solver.python import model_builder

    ask = json.loads(path.read_text(encoding="utf-8"))
    model, solver = model_builder.Model(), model_builder.Solver("sat")
    if not model.import_from_mps_file(ask["file"]):
        raise SystemExit("the model cannot be read")
    for j, variable in enumerate(model.get_variables()):
        if variable.name in ask["start"]:
            model.add_hint(model.var_from_index(j), ask["start"][variable.name])
    solver.enable_output(True)
    if ask["time_limit"] is not None:
        solver.set_time_limit_in_seconds(ask["time_limit"])
    solver.set_solver_specific_parameters(" ".join(f"{name}:{value}" for name, value in ask["parameters"].items()))
    answer = _solved(model, solver)
    path.with_suffix(".answer").write_text(json.dumps(answer), encoding="utf-8")


def _solved(model: Any, solver: Any) -> dict[str, Any]:
    """Solve in a thread, so that a signal is heard."""
    found: list[Any] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: solver.stop_search())
    worker = threading.Thread(target=lambda: found.append(solver.solve(model)), daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(0.1)
    if not found:
        raise SystemExit("the solver ended without a status")
    status = found[0].name.lower()
    known = status in ("optimal", "feasible")
    values = {v.name: float(solver.value(v)) for v in model.get_variables()} if known else None
    bound = solver.best_objective_bound if known else None
    return {"status": status, "text": solver.status_string, "values": values, "bound": bound}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
