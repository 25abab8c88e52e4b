"""Running, killing and resuming a study; its keys; its bad input."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import atoopt
from atoopt.base.errors import InputError
from atoopt.study import Study
from atoopt.study.plan import Job
from atoopt.study.record import Record
from atoopt.study.running import runner
from atoopt.study.running.answers import instance_of
from atoopt.study.shards import merge, shard_of
from atoopt.study.store import Store

INSTANCES = Path("instances/stock").resolve()

TEXT = """
[study]
name = "small"
[limits]
wall_seconds = 20
[runs]
seeds = {seeds}
[[instances]]
files = ["{folder}/frequency-4.json", "{folder}/uniform-5.json"]
[[instances]]
generator = "stock.sparse"
parameters = {{q = 6, n_products = 12}}
seeds = [1, 2]
[[methods]]
name = "by size"
method = "module-size"
[[methods]]
name = "pattern"
method = "milp"
formulation = "pattern"
"""


def written(folder: Path, text: str = TEXT, seeds: str = "[0]") -> Path:
    """Write a study and return its file."""
    file = folder / "small.toml"
    file.write_text(text.format(folder=INSTANCES, seeds=seeds))
    return file


def made(job: Job) -> Record:
    """Stand in for a run."""
    return Record(job.key, "feasible", "gap", solved=True, objective=float(int(job.key[:6], 16)))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Let runs be records at once, and note which were done."""
    done: list[Job] = []

    def start(job: Job) -> Record:
        done.append(job)
        return made(job)

    monkeypatch.setattr(runner.Local.__init__, "__defaults__", (start,))
    monkeypatch.setattr(runner.local.__wrapped__, "__defaults__", (start,))
    return done


def test_real_runs(tmp_path: Path) -> None:
    """Own methods are run, judged and told of."""
    study = Study.load(written(tmp_path))
    assert study.status() == {"planned": 8, "done": 0, "failed": 0, "left": 8}
    progress = study.run(jobs=2, progress=False)
    assert (progress.done, progress.failed, progress.left) == (8, 0, 0)
    assert set(study.runs()["instance"]) == {"frequency-4", "uniform-5", "sparse-6, seed 1", "sparse-6, seed 2"}
    runs = study.runs().set_index(["instance", "method"])
    exact = runs.xs("pattern", level="method")
    assert set(exact["status"]) == {"optimal"}
    assert set(exact["reason"]) == {"proven"}
    assert exact["solver"].eq("highs").all()
    best = atoopt.solve(atoopt.load(INSTANCES / "uniform-5.json"), "milp").objective
    assert runs.loc[("uniform-5", "pattern"), "objective"] == pytest.approx(best)
    both = runs["objective"].unstack("method")
    assert (both["by size"] >= both["pattern"] - 1e-9).all()
    assert study.trajectories()["key"].isin(runs["key"]).all()


def n_done(store: Path) -> int:
    """Return how many records there are; 0 where there is no store yet."""
    if not store.exists():
        return 0
    with Store(store) as reader:
        return len(reader.keys())


HEURISTICS = TEXT.replace('"milp"\nformulation = "pattern"', '"module-frequency"')
"""A study whose processes need no Pyomo."""


def expected(study: Study) -> dict[tuple[str, str], float]:
    """Return the cost of each instance by each heuristic, found in this process."""
    found = {}
    for job in study.jobs:
        if (job.instance, job.method) not in found:
            instance = instance_of(job.spec["subject"])
            found[job.instance, job.method] = atoopt.solve(instance, job.spec["method"]["method"]).objective
    return found


@pytest.mark.slow(reason="a study of forty runs is killed three times: the promise of the store")
def test_killed_three_times_and_restarted(tmp_path: Path) -> None:
    """SIGKILL of the runner and its group costs the runs under way, and nothing else."""
    file = written(tmp_path, HEURISTICS, seeds="[0, 1, 2, 3, 4]")
    command = [sys.executable, "-m", "atoopt", "study", "run", str(file), "--jobs", "2", "--quiet"]
    store, done = file.with_suffix(".db"), 0
    for at in sorted(random.Random(time.time()).sample(range(2, 30), 3)):
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until and n_done(store) < at:
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert n_done(store) >= done
        done = n_done(store)
    assert subprocess.run(command, check=False, capture_output=True).returncode == 0
    study = Study.load(file)
    runs, costs = study.runs(), expected(study)
    assert len(runs) == runs["key"].nunique() == 40
    assert set(runs["status"]) == {"feasible"}
    assert set(runs["reason"]) == {"gap: no bound is proven by this method"}
    for run in runs.itertuples():
        assert run.objective == costs[run.instance, run.method]


def test_names_and_order_run_nothing_again(tmp_path: Path, quick: list[Job]) -> None:
    """A key is of content only."""
    Study.load(written(tmp_path)).run(progress=False)
    assert len(quick) == 8
    first, second = TEXT.index("[[methods]]"), TEXT.rindex("[[methods]]")
    turned = TEXT[:first] + TEXT[second:] + TEXT[first:second]
    turned = turned.replace('"by size"', '"other"').replace('name = "small"', 'name = "new"\nseed = 7')
    study = Study.load(written(tmp_path, turned))
    assert study.run(progress=False).done == 8
    assert len(quick) == 8
    assert set(study.runs()["method"]) == {"other", "pattern"}


def test_another_limit_runs_what_it_touches(tmp_path: Path, quick: list[Job]) -> None:
    """Limits of some instances are theirs alone."""
    Study.load(written(tmp_path)).run(progress=False)
    touched = TEXT.replace("seeds = [1, 2]", "seeds = [1, 2]\nlimits = {{wall_seconds = 30}}")
    assert Study.load(written(tmp_path, touched)).run(progress=False).done == 8
    assert len(quick) == 8 + 4
    assert {job.instance for job in quick[8:]} == {job.instance for job in quick[:8] if "sparse" in job.instance}


def test_again(tmp_path: Path, quick: list[Job]) -> None:
    """The runs of a method, or of a reason, are done anew where that is asked for."""
    study = Study.load(written(tmp_path))
    study.run(progress=False)
    study.run(progress=False, again=["pattern"])
    assert [job.method for job in quick[8:]] == ["pattern"] * 4
    study.run(progress=False, again=["gap"])
    assert len(quick) == 8 + 4 + 8
    with pytest.raises(InputError, match="neither a method nor a reason"):
        study.run(progress=False, again=["nobody"])


def test_shards_are_a_partition_and_merge(tmp_path: Path, quick: list[Job]) -> None:
    """Each run is in one part, and the parts are the whole."""
    study = Study.load(written(tmp_path))
    parts = [shard_of(study.jobs, i, 3) for i in (1, 2, 3)]
    assert sorted(job.key for part in parts for job in part) == sorted(job.key for job in study.jobs)
    for i in (1, 2, 3):
        study.run(progress=False, shard=(i, 3))
    assert not study.store.exists()
    stores = [study.store_of((i, 3)) for i in (1, 2, 3)]
    assert merge(study.store, stores) == 8
    assert merge(study.store, stores) == 0
    assert study.status()["done"] == 8


def test_two_writers(tmp_path: Path) -> None:
    """One writes; others read meanwhile, and a second writer is told."""
    path = tmp_path / "x.db"
    with Store(path, write=True) as store:
        store.add(Record("a", "optimal", "proven"))
        with Store(path) as reader:
            assert reader.keys() == {"a"}
        with pytest.raises(InputError, match="another run"):
            Store(path, write=True)
    with Store(path, write=True) as store:
        assert store.records()["a"].status == "optimal"


def test_stores_that_are_none(tmp_path: Path) -> None:
    """Text, a database of somebody else, another version, and a folder."""
    text = tmp_path / "text.db"
    text.write_text("hello, this is no database at all" * 100)
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE x (a)")
    connection.close()
    newer = tmp_path / "newer.db"
    Store(newer, write=True).close()
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    for path, words in ((text, "no store"), (other, "no store"), (newer, "version 2"), (tmp_path, "cannot be written")):
        for write in (False, True):
            with pytest.raises(InputError, match=words if path != tmp_path or write else "does not exist"):
                Store(path, write=write)
    assert text.read_text().startswith("hello")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("uniform-5.json", "nothing.json", "does not exist"),
        ("uniform-5.json", "nothing-*.json", "no file matches"),
        ("wall_seconds = 20", "wall_seconds = 0", "limits.wall_seconds: is 0; give a number above 0"),
        ("wall_seconds = 20", "wall_secs = 20", "limits.wall_secs: is not a known key"),
        ('method = "module-size"', 'method = "sise"', 'methods[0].method: is "sise"'),
        ('method = "module-size"', 'method = "threshold"', "which stock-composition does not have"),
        ('method = "module-size"', 'method = "module-size"\nsolver = "scip"', "solver: is not used by the method"),
        ('formulation = "pattern"', 'solver = "nosuch"', 'is "nosuch"'),
        ('method = "module-size"', 'method = "module-size"\nformulation = "pattern"', "formulation: is not used"),
        ('"by size"', '"pattern"', '"pattern" names two methods'),
        ('"stock.sparse"', '"os.system"', 'generator: is "os.system"'),
        ("q = 6", "p = 6", "parameters.p: is not taken by stock.sparse"),
        ("[study]", "[study", "is not TOML"),
        ("[[instances]]", "[[instance]]", "instance: is not a known key"),
        ('method = "module-size"', 'command = ["a"]\nmethod = "module-size"', "has a command and a method"),
    ],
)  # fmt: skip
def test_bad_input(old: str, new: str, words: str, tmp_path: Path) -> None:
    """One line that names the file, the place and the remedy."""
    assert old in TEXT
    file = written(tmp_path, TEXT.replace(old, new))
    command = [sys.executable, "-m", "atoopt", "study", "run", str(file)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert words in done.stderr
    assert done.stdout == ""
    assert not file.with_suffix(".db").exists()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Said before anything is run."""
    file = written(tmp_path)
    for store in (tmp_path / "missing" / "x.db", Path("/proc/x.db")):
        command = [sys.executable, "-m", "atoopt", "study", "run", str(file), "--store", str(store)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 2, done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_python_without_a_file(tmp_path: Path) -> None:
    """Instances and methods of a notebook, with the same content as a file, have the same keys."""
    study = Study([atoopt.load(INSTANCES / "uniform-5.json")], {"ours": {"method": "milp"}}, store=tmp_path / "x.db")
    other = Study([INSTANCES / "uniform-5.json"], [{"name": "other", "method": "milp"}], store=tmp_path / "y.db")
    assert [job.key for job in study.jobs] == [job.key for job in other.jobs]


def test_an_interrupt_leaves_what_is_done(tmp_path: Path) -> None:
    """Ctrl-C ends the runs under way, at once and without records; the same command goes on."""
    text = TEXT.replace('method = "module-size"', 'method = "annealing"').replace("= 20", "= 4")
    file = written(tmp_path, text)
    command = [sys.executable, "-m", "atoopt", "study", "run", str(file)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while n_done(file.with_suffix(".db")) < 1:
        time.sleep(0.1)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=15)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert 1 <= Study.load(file).status()["done"] < 8
