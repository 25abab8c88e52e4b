"""`kernel`: a compiled function that Python calls; `inner`: one that only kernels call."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit, types
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from atoopt.kernels.held_back import InnerCompiler, KernelCompiler, compiling

Function = Callable[..., Any]


def kernel(group: str, **options: Any) -> Callable[[Function], Any]:
    """Declare a compiled function that Python calls; its machine code is kept in the folder of kernels.

    Parameters
    ----------
    group : str
        Of `atoopt.kernels.groups.GROUPS`: what is compiled with it.
    **options
        Of `numba.njit`.
    """

    def declared(function: Function) -> Any:
        dispatcher = njit(nogil=True, no_cfunc_wrapper=True, pipeline_class=KernelCompiler, **options)(function)
        dispatcher._cache = Store(function, group)
        return dispatcher

    return declared


def inner(function: Function | None = None, **options: Any) -> Any:
    """Declare a function that only kernels call; it is compiled as part of each, and plain Python to all others."""
    if function is None:
        return lambda function: inner(function, **options)
    dispatcher = njit(nogil=True, pipeline_class=InnerCompiler, **options)(function)
    # There is no machine code to call: Python must not find any, and calls the plain function.
    dispatcher._insert = lambda *_, **__: None
    dispatcher._compile_for_args = lambda *_, **__: function
    template = dispatcher.get_call_template
    dispatcher.get_call_template = lambda args, kws: template(tuple(map(_general, args)), kws)
    return dispatcher


def _general(argument: Any) -> Any:
    """Return the type that stands for an argument's: numba would compile for each constant anew."""
    argument = types.unliteral(argument)
    small = isinstance(argument, types.Integer) and argument.signed and argument.bitwidth < types.int64.bitwidth
    return types.int64 if small else argument


class Store:
    """Where numba looks for the machine code of a kernel: a file a signature, for processes to share no index."""

    def __init__(self, function: Function, group: str) -> None:
        self.name, self.group = f"{function.__module__}.{function.__qualname__}", group

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the kernel for a signature, its group compiled first where it is cold; None if that did not help."""
        from atoopt.kernels.prepare import prepare_on_demand

        target.refresh()
        path = self.path(signature)
        found = None if path is None else _read(path, target)
        if found is None and path is not None and prepare_on_demand(self.group):
            found = _read(path, target)
        return found

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a kernel that was compiled just now; a folder that has become full or read-only does no harm."""
        path = self.path(signature)
        if path is None or compiled.lifted or compiled.library.has_dynamic_globals:
            return
        draft = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(dumps(compiled._reduce()))
            draft.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)

    def path(self, signature: Any) -> Path | None:
        """Return the file of a signature; None without a folder."""
        from atoopt.kernels.folder import kernel_folder

        folder = kernel_folder()
        if folder is None:
            return None
        return folder / f"{self.name}-{hashlib.sha256(str(signature).encode()).hexdigest()[:16]}"

    @property
    def cache_path(self) -> str | None:
        """The folder, as numba's statistics name it."""
        from atoopt.kernels.folder import kernel_folder

        folder = kernel_folder()
        return None if folder is None else str(folder)


def _read(path: Path, target: Any) -> Any:
    """Return a kernel from its file; None where there is none, or not a whole one."""
    try:
        with compiling(False):
            return CompileResult._rebuild(target, *pickle.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except Exception:  # whatever is wrong with the file, it is written anew
        return None
