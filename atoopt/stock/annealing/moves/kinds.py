"""The kinds of moves, and how often each is drawn."""

from __future__ import annotations

import numpy as np

KINDS = ("add", "drop", "swap", "toggle", "cut", "join", "split", "relocate", "exchange")
"""The kinds of moves, in the order of `propose`.

add : an intersection of demanded products enters, perhaps less what their modules cover already
drop : a module leaves
swap : a module gives way to another one for a product that it builds
toggle : one component enters or leaves a module
cut : a module is cut down to its part inside, or outside, a product or another module
join : a module takes in another piece of a product that it builds
split : a module falls into two
relocate : drop and add, independent of each other
exchange : a component, or several at once, moves from one module to another
"""

ADD, DROP, SWAP, TOGGLE, CUT, JOIN, SPLIT, RELOCATE, EXCHANGE = range(len(KINDS))

KIND_WEIGHTS = {
    "add": 1, "drop": 2, "swap": 4, "toggle": 3, "cut": 4, "join": 3, "split": 3, "relocate": 3, "exchange": 2,
}  # fmt: skip
"""How often each kind is drawn: by what they led to in trials. Cuts, joins and splits are nearly always refused, but
they lead from one set of large modules to another."""

KIND_DRAWS = np.repeat(np.arange(len(KINDS)), [KIND_WEIGHTS[kind] for kind in KINDS])
CUTS = np.array([KINDS.index("cut"), KINDS.index("split")])
