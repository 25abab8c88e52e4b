"""Compile a group of kernels: ``python -m atoopt.kernels GROUP``."""

import sys

from atoopt.kernels.prepare import compile_as_child

compile_as_child(sys.argv[1])
