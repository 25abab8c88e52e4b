"""Child processes: none where there may be none, none that waits for a pool of its parent's, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FRONT = """
import sys, multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
import pyomo.environ as pyo

def work(_):
    from atoopt.pareto import pareto_front
    m = pyo.ConcreteModel(); m.x = pyo.Var(range(6), domain=pyo.Binary)
    m.f = pyo.Objective(expr=sum((i + 2) * m.x[i] for i in range(6)))
    m.g = pyo.Objective(expr=sum((7 - i) * m.x[i] for i in range(6)), sense=pyo.maximize)
    return len(pareto_front(m, (m.f, m.g), progress=False, jobs=2))

if __name__ == "__main__":
    if "first" in sys.argv:
        work(0)
    if "daemonic" in sys.argv:
        with mp.get_context("fork").Pool(1) as pool:
            print(pool.map(work, [1, 2]))
    else:
        with ProcessPoolExecutor(1, mp.get_context("fork")) as pool:
            print(list(pool.map(work, [1, 2])))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("kind", ["daemonic", "usual"])
@pytest.mark.parametrize("before", ["first", "new"])
def test_jobs_in_a_child_process(kind: str, before: str, tmp_path: Path) -> None:
    """Two jobs inside a worker give the front, whether the parent has used two itself or not."""
    script = tmp_path / "script.py"
    script.write_text(FRONT)
    done = subprocess.run([sys.executable, script, kind, before], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "[7, 7]\n")
    assert done.stderr.count("jobs=2 is not possible in a daemonic process") == (kind == "daemonic")
    assert "Traceback" not in done.stderr


LOKY = """
from atoopt.pareto import pareto_front
from tests.pareto.problems import hard_knapsack
model, _ = hard_knapsack(60)
pareto_front(model, (model.first, model.second), jobs=2, time_limit=120, progress=False)
"""

SPAWNED = """
import atoopt
if __name__ == "__main__":
    instance = atoopt.load("instances/stock/harness-24.json")
    atoopt.pareto(instance, "decomposition", points=5, jobs=2, time_limit=120)
"""


def group(leader: int) -> list[str]:
    """Return the command lines of the processes of a group that are at work or wait for it."""
    listed = subprocess.run(["ps", "-eo", "pgid,stat,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return [args for pgid, state, args in rows if int(pgid) == leader and not state.startswith("Z")]


@pytest.mark.skipif(os.name != "posix", reason="processes are listed by ps")
@pytest.mark.parametrize("code", [LOKY, SPAWNED], ids=["loky", "spawned"])
def test_no_child_outlives_a_killed_parent(code: str, tmp_path: Path) -> None:
    """Neither in the midst of a solve nor waiting for work."""
    script = tmp_path / "script.py"
    script.write_text(code)
    parent = subprocess.Popen(
        [sys.executable, script], start_new_session=True, env=os.environ | {"PYTHONPATH": str(Path.cwd())}
    )
    try:
        until = time.monotonic() + 90
        while len(group(parent.pid)) < 4 and time.monotonic() < until:  # itself, two children, a tracker
            time.sleep(0.2)
        time.sleep(3.0)  # until they have work
    finally:
        parent.kill()
        parent.wait()
    until = time.monotonic() + 35
    while (left := group(parent.pid)) and time.monotonic() < until:
        time.sleep(0.2)
    if left:
        os.killpg(parent.pid, signal.SIGKILL)
    assert left == []
