"""The command line. This file stays light: until `main` runs, Ctrl-C would show a traceback of the imports."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from atoopt.cli.statuses import INTERRUPTED, TERMINATED

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments, by default those of the process.

    Returns
    -------
    int
        0 a result (infeasible is one), 1 a failed check, 2 bad input or usage (one line on standard error),
        3 a defect of the program, 130 interrupted before there was a result, 141 when nobody reads the output
        any more, 143 ended by a termination signal (with the result so far, if there is one).
    """
    if argv is not None:
        from atoopt.cli.program import status_of

        return status_of(argv)
    before = signal.signal(signal.SIGINT, _end_at_once)  # an import that Ctrl-C breaks off may tell it otherwise
    from atoopt.cli.program import status_of

    try:
        signal.signal(signal.SIGINT, before)
        status = status_of(sys.argv[1:])
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left to do is to end
    except KeyboardInterrupt:  # between two lines
        _end_at_once()
    if status in (INTERRUPTED, TERMINATED):
        sys.stderr.flush()
        os._exit(status)  # a solver's thread may still be at work, and the usual end would wait for it or crash
    return status


def _end_at_once(*_signal: object) -> None:
    """End on Ctrl-C with one line; nothing has begun yet."""
    os.write(2, b"atoopt: interrupted; run it again for a result\n")
    os._exit(INTERRUPTED)
