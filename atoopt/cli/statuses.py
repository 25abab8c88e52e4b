"""The exit statuses of the command line; 0 is a result, 1 a failed check."""

BAD_INPUT, DEFECT, INTERRUPTED, BROKEN_PIPE, TERMINATED = 2, 3, 130, 141, 143

DISAGREE, NOTHING_MEASURED = 3, 4
"""Of ``atoopt study report``: two proofs disagree or an answer is wrong; no run gave an answer."""
