"""Which variants to build, so that every order finds one with all that it asks for, at the least give-away.

What analysts use is listed in ``__init__.pyi``, and imported when it is asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
