"""Our methods against solvers on the textbook *assignment* model: same instances, time and threads.

    python -m tests.bench.engines --time-limit 60 --threads 2 instances/stock/harness-40.json cars.json

Each solve is a child process with a hard limit; SCIP and CP-SAT need PySCIPOpt and OR-Tools in the Python that
``--solver-python`` names (they need not be installed beside atoopt). Prints a table; ``--output FILE`` keeps the
figures as JSON lines. Results and how they were made: README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.engine import ENGINES, write_assignment

OURS = ("auto", "decomposition", "annealing", "milp")
GRACE = 60.0
"""Seconds that a child may take beyond its time limit, for start-up and reading, before it is killed."""


def main() -> None:
    """Print one line an instance and engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--engines", nargs="+", default=[*OURS, *ENGINES])
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--solver-python", default=sys.executable)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for instance in arguments.instances:
            model = Path(folder, f"{Path(instance).stem}.mps")
            if set(arguments.engines) & set(ENGINES):
                print(f"{instance}: the assignment model holds {write_assignment(instance, model)}", flush=True)
            for engine in arguments.engines:
                for seed in range(arguments.seeds):
                    found = {
                        "instance": Path(instance).stem,
                        "seed": seed,
                        **_solve(instance, model, engine, seed, arguments),
                    }
                    print(_line(found), flush=True)
                    if arguments.output:
                        with arguments.output.open("a", encoding="utf-8") as file:
                            file.write(json.dumps(found) + "\n")


def _solve(instance: str, model: Path, engine: str, seed: int, arguments: Any) -> dict[str, Any]:
    """Run one child; a child that fails or overruns is recorded as such, not as a time."""
    python = arguments.solver_python if engine in ("assignment:scip", "assignment:cp-sat") else sys.executable
    command = [python, "-m", "tests.bench.engine", instance, engine, "--model", str(model), "--seed", str(seed),
               "--time-limit", str(arguments.time_limit), "--threads", str(arguments.threads)]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=arguments.time_limit + GRACE)
    except subprocess.TimeoutExpired:
        return {"engine": engine, "failed": "killed: it ran over its limit"}
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return {"engine": engine, "failed": lines[-1][:100]}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _line(found: dict[str, Any]) -> str:
    """Return objective, bound, gap and time, or why there are none."""
    head = f"{found['instance']:<16} {found['engine']:<18} seed {found['seed']}"
    if "failed" in found:
        return f"{head}  failed: {found['failed']}"
    objective, bound = found["objective"], found["bound"]
    gap = f"{(objective - bound) / objective:7.2%}" if objective and bound is not None else "      -"
    shown = [f"{value:10.4f}" if value is not None else "         -" for value in (objective, bound)]
    return f"{head}  cost {shown[0]}  bound {shown[1]}  gap {gap}  {found['seconds']:6.1f} s  {found['status']}"


if __name__ == "__main__":
    main()
