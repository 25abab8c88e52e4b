"""The sum over a joint distribution of shocked Poisson counts, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from atoopt.kernels.declare import kernel


@kernel("levels")
def joint_probability(levels: Any, single: Any, members: Any, pmf: Any, lengths: Any) -> Any:
    """Return P(X_i + sum of the shocks that hit i <= s_i - 1 for all i).

    Parameters
    ----------
    levels : (k,) array of int64
        s_i, each at least 1.
    single : (k, max s) array
        P(X_i <= x) of what hits module i alone.
    members : (h, k) array of bool
        Which modules each common shock hits.
    pmf : (h, width) array
        P(shock = j).
    lengths : (h,) array of int64
        From there on, the probabilities of a shock are nothing.

    Notes
    -----
    States are the demands 0 <= x_i <= s_i - 1, the last module fastest. A shock moves along the diagonal of its
    modules: taken from the highest state down, the convolution needs no second array.
    """
    k = levels.size
    strides = np.ones(k, dtype=np.int64)
    for i in range(k - 2, -1, -1):
        strides[i] = strides[i + 1] * levels[i + 1]
    states = strides[0] * levels[0]
    p = np.zeros(states)
    p[0] = 1.0
    digits = np.zeros(k, dtype=np.int64)
    for h in range(lengths.size):
        step = 0
        for i in range(k):
            digits[i] = levels[i] - 1
            if members[h, i]:
                step += strides[i]
        for x in range(states - 1, -1, -1):
            most = lengths[h] - 1
            for i in range(k):
                if members[h, i] and digits[i] < most:
                    most = digits[i]
            total = 0.0
            for j in range(most + 1):
                total += pmf[h, j] * p[x - j * step]
            p[x] = total
            for i in range(k - 1, -1, -1):
                if digits[i] > 0:
                    digits[i] -= 1
                    break
                digits[i] = levels[i] - 1
    result = 0.0
    digits[:] = 0
    for x in range(states):
        weight = p[x]
        if weight > 0.0:
            for i in range(k):
                weight *= single[i, levels[i] - 1 - digits[i]]
            result += weight
        for i in range(k - 1, -1, -1):
            digits[i] += 1
            if digits[i] < levels[i]:
                break
            digits[i] = 0
    return result
