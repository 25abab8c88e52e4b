"""Compiled kernels: declared with `kernel` and `inner`, compiled once an installation, in a folder of the user.

declare    the two decorators, and where a kernel's machine code is looked for
held_back  functions that only kernels call are compiled with their kernel, not on their own
folder     the cache folder: where, under which name, which old ones go
groups     which kernels are compiled together, and how each group is called upon
prepare    compile what is cold in child processes, say so, and stop the clock of a run meanwhile
"""
