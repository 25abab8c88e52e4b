"""What all pictures share: colors that the color-blind can tell apart, and names that fit."""

from __future__ import annotations

PALETTE = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#f0e442", "#000000")
"""Of Okabe and Ito."""

LONGEST = 28
"""Letters of a name in a picture."""


def short_name(text: str, longest: int = LONGEST) -> str:
    r"""Return a name that fits: shortened in its middle, on one line, and never read as a formula.

    >>> short_name("seats=heated + mirrors=folding + tailgate=electric"), short_name("a\nb"), short_name("5 $")
    ('seats=heated ...ate=electric', 'a b', '5 \\$')
    """
    flat = " ".join(text.split())
    if len(flat) > longest:
        side = (longest - 3) // 2
        flat = f"{flat[: longest - 3 - side]}...{flat[-side:]}"
    return flat.replace("$", r"\$")
