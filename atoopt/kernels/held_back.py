"""Functions that only kernels call are compiled with their kernel, not on their own.

numba optimizes every function that a compiled one calls, and makes machine code of it, before it does the same again
with all of it inside the caller: six calls deep, six times. Here a called function is only translated; the optimizer
sees it once, in the kernel. There it is known to be called from nowhere else, so that arguments that it does not read
are not passed: named tuples of arrays are hundreds of words, and annealing makes half as many moves again.

This reaches into numba, whose versions are bounded for that; `tests/kernels` says what must hold when they move.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from llvmlite.binding import Linkage
from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import IRLegalization

RUNTIME = "NRT_"
"""Names of numba's runtime begin so; it finds them by name."""

_compiling = [False]
"""Whether a kernel is being compiled, innermost last."""


class InnerLibrary(JITCodeLibrary):
    """Code to be linked into that of a kernel: not optimized, and without machine code."""

    def finalize(self) -> None:
        """Put together what the function calls, and no more."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return that there is no machine code."""
        self._ensure_finalized()
        return 0

    @property
    def codegen(self) -> Any:
        """The code generator, which has no place to note this function's environment in."""
        return _WithoutEnvironment(self._codegen)


def hold_back_numba() -> None:
    """Hold back numba's own functions that kernels call, too: only for a process that compiles nothing but kernels."""
    usual = JITCPUCodegen.create_library

    def create_library(codegen: Any, name: str) -> JITCodeLibrary:
        return InnerLibrary(codegen, name) if _compiling[-1] else usual(codegen, name)

    JITCPUCodegen.create_library = create_library


@contextlib.contextmanager
def compiling(kernel: bool) -> Iterator[None]:
    """Say that a kernel is compiled in this block, or that one is loaded, whose code is not to be held back."""
    _compiling.append(kernel)
    try:
        yield
    finally:
        _compiling.pop()


class _WithoutEnvironment:
    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def set_env(self, name: str, env: Any) -> None:
        """Do nothing: what kernels raise does not need it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)


class KernelLibrary(JITCodeLibrary):
    """The code of a kernel, in which what it calls is its own."""

    def _optimize_final_module(self) -> None:
        for function in self._final_module.functions:
            called = not function.is_declaration and function.linkage == Linkage.linkonce_odr
            if called and not function.name.startswith(RUNTIME):
                function.linkage = Linkage.internal
        super()._optimize_final_module()


@register_pass(mutates_CFG=False, analysis_only=True)
class _InnerPass(LoweringPass):
    """Put the code of a function into an `InnerLibrary`, without the ways to call it from Python and C."""

    _name = "atoopt_inner"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Prepare the lowering that follows."""
        state.library = InnerLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_cpython_wrapper = True
        state.flags.no_cfunc_wrapper = True
        return False


@register_pass(mutates_CFG=False, analysis_only=True)
class _KernelPass(LoweringPass):
    """Put the code of a function into a `KernelLibrary`."""

    _name = "atoopt_kernel"

    def __init__(self) -> None:
        LoweringPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Prepare the lowering that follows."""
        state.library = KernelLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return False


class InnerCompiler(CompilerBase):
    """Compile a function that only kernels call."""

    def define_pipelines(self) -> list[Any]:
        """Return numba's passes, and ours before the last."""
        return _with(_InnerPass, self.state)


class KernelCompiler(CompilerBase):
    """Compile a kernel."""

    def compile_extra(self, func: Any) -> Any:
        """Compile a Python function."""
        with compiling(True):
            return super().compile_extra(func)

    def define_pipelines(self) -> list[Any]:
        """Return numba's passes, and ours before the last."""
        return _with(_KernelPass, self.state)


def _with(own: type, state: Any) -> list[Any]:
    passes = DefaultPassBuilder.define_nopython_pipeline(state)
    passes.add_pass_after(own, IRLegalization)
    passes.finalize()
    return [passes]
