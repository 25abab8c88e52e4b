"""A study: read from a file or made in Python, run, looked at, and told of."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atoopt.base.errors import InputError
from atoopt.base.faults import validated
from atoopt.study.definition import Definition, read_definition
from atoopt.study.plan import Job, plan
from atoopt.study.record import Record
from atoopt.study.running.runner import Progress, Teller, check_run, compile_first, failed, local, run
from atoopt.study.shards import shard_of, store_of_shard
from atoopt.study.store import Store
from atoopt.study.subjects import Subject, subjects_of
from atoopt.study.versions import machine, package_versions

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from atoopt.study.data import StudyData
    from atoopt.study.measures.alarms import Alarm
    from atoopt.study.measures.profiles import Curves


class Study:
    """Methods compared on instances.

    Parameters
    ----------
    instances : sequence
        Instances (`atoopt.load`, a generator's), or paths with wildcards.
    methods : sequence of dict, or mapping
        The keys of ``[[methods]]`` in a study's file; a mapping has the names as keys.
    name : str
    store : path, optional
        Where the records go; NAME.db by default.
    seeds, repeats : sequence of int, int
    order : {"shuffled", "given"}
    rel_gap : float
    **limits
        ``wall_seconds``, ``cpu_seconds``, ``memory_mb``, ``threads``.

    Raises
    ------
    InputError
        A method does not fit an instance, or an entry has no meaning.

    Examples
    --------
    >>> import atoopt, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> study = atoopt.Study(["instances/stock/frequency-4.json"], {"ours": {}, "size": {"method": "module-size"}},
    ...                      store=f"{folder}/small.db", wall_seconds=5)
    >>> study.run(progress=False).done
    2
    >>> sorted(zip(study.runs()["method"], study.runs()["status"]))
    [('ours', 'optimal'), ('size', 'feasible')]
    """

    def __init__(
        self,
        instances: Sequence[Any],
        methods: Sequence[Mapping[str, Any]] | Mapping[str, Mapping[str, Any]],
        *,
        name: str = "study",
        store: str | os.PathLike[str] | None = None,
        seeds: Sequence[int] = (0,),
        repeats: int = 1,
        order: str = "shuffled",
        rel_gap: float = 1e-4,
        **limits: Any,
    ) -> None:
        listed = [{"name": key, **entry} for key, entry in methods.items()] if isinstance(methods, Mapping) else methods
        files = [str(entry) for entry in instances if isinstance(entry, (str, os.PathLike))]
        data = {
            "study": {"name": name, "order": order}, "limits": limits, "tolerances": {"rel_gap": rel_gap},
            "runs": {"seeds": list(seeds), "repeats": repeats}, "methods": [dict(entry) for entry in listed],
            "instances": [{"files": files}] if files else [],
        }  # fmt: skip
        definition = validated(Definition, data)
        given = [entry for entry in instances if not isinstance(entry, (str, os.PathLike))]
        self._set(definition, Path.cwd(), Path(f"{name}.db") if store is None else Path(store), given)

    def _set(self, definition: Definition, folder: Path, store: Path, given: Sequence[Any]) -> None:
        self.definition, self.folder, self.store = definition, folder, store
        self.subjects: tuple[Subject, ...] = subjects_of(definition, folder, given)
        self.jobs: tuple[Job, ...] = plan(definition, self.subjects, folder)
        self.file: str | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str], store: str | os.PathLike[str] | None = None) -> Study:
        """Read a study from its TOML file.

        Parameters
        ----------
        path : path
        store : path, optional
            Where its records are, or will be; by default a file beside it that ends in ``.db``.

        Raises
        ------
        InputError
            The file, or one that it names, cannot be used.
        """
        file = Path(path)
        definition = read_definition(file)
        study = cls.__new__(cls)
        try:
            study._set(definition, file.resolve().parent, Path(store or file.with_suffix(".db")), ())
        except InputError as error:
            raise error.in_file(str(path)) from None
        study.file = str(path)
        return study

    def run(
        self,
        jobs: int | None = None,
        *,
        backend: str = "local",
        scheduler: str | None = None,
        shard: tuple[int, int] | None = None,
        again: Iterable[str] = (),
        progress: bool = True,
        tell: Teller | None = None,
    ) -> Progress:
        """Run what has no record yet, each run in a process of its own.

        Parameters
        ----------
        jobs : int, optional
            Runs at a time; by default 1, with dask one a thread of the workers.
        backend : {"local", "dask"}
        scheduler : str, optional
            Address of dask's scheduler; by default that of the current client, or a cluster made for this call.
        shard : (int, int), optional
            (i, n): the i-th of n parts, from 1, for machines that share nothing; merge the stores afterwards.
        again : iterable of str
            Names of methods, or reasons such as ``crash``, whose records are made anew.
        progress : bool
            Show a line of progress.
        tell : callable, optional
            Called with the progress and each record that has come.

        Raises
        ------
        InputError
            An option has no meaning, or the store cannot be written.
        """
        from atoopt.study.running.progress import progress_bar

        check_run(jobs, backend, scheduler, shard)
        mine = self.jobs if shard is None else shard_of(self.jobs, *shard)
        with Store(self.store_of(shard), write=True) as store, progress_bar(progress) as shown:
            store.plan(self.jobs, self.facts())
            store.forget(self._keys_again(store, again))

            def both(now: Progress, record: Record | None) -> None:
                shown(now, record)
                if tell is not None:
                    tell(now, record)

            compile_first(mine, store.keys())
            if backend == "local":
                at_once = jobs or 1
                with local(at_once) as here:
                    return run(mine, store, here, at_once, both)
            from atoopt.study.running.cluster import cluster

            with cluster(jobs, scheduler) as (workers, at_once):
                return run(mine, store, workers, at_once, both)

    def store_of(self, shard: tuple[int, int] | None) -> Path:
        """Return where the records of a part go: each has a file of its own."""
        return self.store if shard is None else store_of_shard(self.store, *shard)

    def facts(self) -> dict[str, Any]:
        """Return what a report says of the study beside its runs."""
        known = {"machine": machine(), "versions": package_versions(), "file": self.file}
        return known | {"name": self.definition.study.name, "definition": self.definition.model_dump(mode="json")}

    def _keys_again(self, store: Store, again: Iterable[str]) -> set[str]:
        wanted = set(again)
        methods = {method.name for method in self.definition.methods}
        kinds = {key: reason.partition(":")[0] for key, (_, reason) in store.ends().items()} if wanted else {}
        reasons = set(kinds.values())
        if unknown := wanted - methods - reasons:
            remedy = f"choose among {', '.join(sorted(methods | reasons))}"
            raise InputError(f'is "{min(unknown)}", neither a method nor a reason here', remedy, place="again")
        there = (job for job in self.jobs if job.key in kinds)
        return {job.key for job in there if job.method in wanted or kinds[job.key] in wanted}

    def status(self) -> dict[str, int]:
        """Return how many runs are planned, done, failed (of those that are done) and left."""
        keys, ends = {job.key for job in self.jobs}, {}
        if self.store.exists():
            with Store(self.store) as store:
                ends = store.ends()
        done = [ends[key][0] for key in keys if key in ends]
        left = len(keys) - len(done)
        return {"planned": len(keys), "done": len(done), "failed": sum(map(failed, done)), "left": left}

    def data(self) -> StudyData:
        """Return the tables of the study, as measures and report take them.

        Raises
        ------
        InputError
            There is no store yet.
        """
        from atoopt.study.tables import rows_of, study_data

        with Store(self.store) as store:
            return study_data(rows_of(self.jobs), store.records(), store.facts() | {"store": str(self.store)})

    def summary(self) -> pd.DataFrame:
        """Return a row for each method: what it solved, how it failed, how long it took; see `overview`."""
        from atoopt.study.measures.overview import overview
        from atoopt.study.measures.primal_integral import primal_integrals

        data = self.data().checked()
        return overview(data.runs, primal_integrals(data.runs, data.trajectories, data.limit), data.limit)

    def profile(self, kind: str = "performance") -> Curves:
        """Return the performance profile (Dolan and More 2002), or the ``data`` profile up to the smallest limit."""
        from atoopt.study.measures.profiles import data_profile, performance_profile

        if kind not in ("performance", "data"):
            raise InputError(f'is "{kind}"', "write performance or data", place="kind")
        data = self.data().checked()
        return performance_profile(data.runs) if kind == "performance" else data_profile(data.runs, data.limit)

    def plot_profile(self, ax: Axes | None = None, kind: str = "performance") -> Axes:
        """Draw `profile`; return the matplotlib Axes."""
        from atoopt.plots.profile import plot_profile

        return plot_profile(self.profile(kind), ax)

    def alarms(self) -> tuple[Alarm, ...]:
        """Return what cannot be: wrong answers, proofs that contradict each other; empty where all is well."""
        from atoopt.study.report.groups import study_alarms

        return study_alarms(self.data().checked())

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        compare: str | os.PathLike[str] | None = None,
        tables: str | os.PathLike[str] | None = None,
    ) -> tuple[str, ...]:
        """Write the page of the study, one file that works offline; return its alarms, a line each.

        Parameters
        ----------
        path : path
        compare : path, optional
            The store of an older study of the same, to compare with.
        tables : path, optional
            A prefix of files: runs and curves as CSV and Parquet, the overview as Markdown and LaTeX.

        Raises
        ------
        NothingMeasured
            No run was measured.
        InputError
            A file cannot be read or written.
        """
        from atoopt.study.measures.compare import compare as compared
        from atoopt.study.report.export import write_tables
        from atoopt.study.report.groups import study_alarms, tolerances_of
        from atoopt.study.report.page import write_page
        from atoopt.study.tables import data_of_store

        data = self.data().checked()
        old = None if compare is None else data_of_store(compare)
        found = study_alarms(data)
        if old is not None:
            found += compared(old, data, tolerances_of(data)).alarms
        write_page(data, path, old)
        if tables is not None:
            write_tables(data, tables)
        return tuple(alarm.text for alarm in found)

    def runs(self) -> pd.DataFrame:
        """Return a row for each run that is done; see `atoopt.study.record.Record`."""
        return self.data().runs

    def trajectories(self) -> pd.DataFrame:
        """Return key, seconds, incumbent and bound of each advance that a run told."""
        return self.data().trajectories
