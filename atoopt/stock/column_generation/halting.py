"""How compiled code is told to end: by an array of one flag, which it looks at now and then."""

import numpy as np

NEVER = np.zeros(1, dtype=np.int8)
"""The flag of what runs to its end."""
