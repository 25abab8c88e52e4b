"""Solver comparison studies: what is to run, each run in a process of its own, what came of it, and a page of it.

What analysts use is listed in ``__init__.pyi``, and imported when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
