"""The process of CP-SAT: ``python -m atoopt.solvers.others.cp_sat_process REQUEST.json REPLY.json``.

OR-Tools brings a HiGHS of its own, and a process that has both may crash: nothing here may import highspy. The log goes
to standard output; a termination signal ends the search with its incumbent.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main(request: str, reply: str) -> None:
    """Solve what the request says, and write the reply."""
    asked = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: asked.set())
    from ortools.linear_solver.python import model_builder

    told: dict[str, Any] = json.loads(Path(request).read_text(encoding="utf-8"))
    model = model_builder.Model()
    if not model.import_from_mps_file(told["mps"]):
        raise SystemExit(f"{told['mps']} cannot be read")
    columns = [model.var_from_index(j) for j in range(model.num_variables)]
    for column in columns:
        if column.name in told["start"]:
            model.add_hint(column, told["start"][column.name])
    solver = model_builder.Solver("sat")
    solver.enable_output(True)
    solver.set_solver_specific_parameters(" ".join(f"{name}:{_text(v)}" for name, v in told["parameters"].items()))
    if told["seconds"] is not None:
        solver.set_time_limit_in_seconds(told["seconds"])
    status = _status(solver, model, asked).name
    found = status in ("OPTIMAL", "FEASIBLE")
    answer = {
        "version": version("ortools"), "status": status, "message": solver.status_string,
        "bound": solver.best_objective_bound if found else None,
        "values": {column.name: solver.value(column) for column in columns} if found else None,
    }  # fmt: skip
    temporary = Path(f"{reply}.part")
    temporary.write_text(json.dumps(answer), encoding="utf-8")
    temporary.rename(reply)


def _text(value: Any) -> str:
    """Return a parameter as CP-SAT reads it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _status(solver: Any, model: Any, asked: threading.Event) -> Any:
    """Run the search in a thread, so that this one can take the signal."""
    found: list[Any] = []
    worker = threading.Thread(target=lambda: found.append(solver.solve(model)))
    worker.start()
    while worker.is_alive():
        worker.join(0.05)
        if asked.is_set():
            solver.stop_search()
    return found[0]


if __name__ == "__main__":
    main(*sys.argv[1:])
