"""The workers of a dask cluster do the same runs, even where one of them is killed."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from atoopt.study import Study
from tests.study.test_run import HEURISTICS, expected, n_done, written

pytest.importorskip("distributed", reason="needs dask: pip install 'atoopt[dask]'")


@pytest.mark.slow(reason="starts a cluster, and kills one of its workers in the middle")
def test_a_worker_is_killed_and_the_records_are_the_same(tmp_path: Path) -> None:
    """What it had under way is done by another one."""
    from distributed import Client, LocalCluster

    file = written(tmp_path, HEURISTICS, seeds="[0, 1]")
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        workers = [info["id"] for info in client.scheduler_info()["workers"].values()]
        assert len(workers) == 2
        pids = client.run(os.getpid)

        def kill_one() -> None:
            while n_done(file.with_suffix(".db")) < 3:
                time.sleep(0.1)
            os.kill(next(iter(pids.values())), signal.SIGKILL)

        killer = threading.Thread(target=kill_one, daemon=True)
        killer.start()
        progress = Study.load(file).run(backend="dask", progress=False)
        killer.join(5)
        assert not killer.is_alive()
    assert (progress.done, progress.failed) == (16, 0)
    study = Study.load(file)
    runs, costs = study.runs(), expected(study)
    assert len(runs) == 16
    for run in runs.itertuples():
        assert run.objective == costs[run.instance, run.method]
