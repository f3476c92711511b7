"""Innovations of factors that jump: Student-t with unit variance, as a function of a normal variable.

The Student-t distribution with 4 degrees of freedom has a distribution function that can be inverted by
trigonometry (W. T. Shaw, Sampling Student's T distribution, Journal of Computational Finance 9(4), 2006):
with ``w = t / sqrt(4 + t**2)`` it is ``1/2 + 3 w / 4 - w**3 / 4``, so ``w = 2 sin(arcsin(2 u - 1) / 3)``.
A sampler that moves in the normal variable meets no heavy tails, and equal normal variables in two
futures give equal jumps.
"""

from __future__ import annotations

import math
from typing import Any, Final

__all__ = ["STUDENT_T_NU", "jump"]

STUDENT_T_NU: Final = 4.0
"""Degrees of freedom."""


def jump(normal: Any, xp: Any) -> Any:
    """Return the unit-variance Student-t value at the same quantile as a standard normal one.

    Parameters
    ----------
    normal : array_like
    xp : namespace
        `families.numpy_ops`, or PyTensor under the same names.

    Notes
    -----
    Angles are measured from the tail, where ``2 u - 1`` rounds to 1 and nothing would be left of it.
    """
    tail = xp.arcsin(xp.sqrt(0.5 * xp.erfc(xp.abs(normal) * math.sqrt(0.5))))
    w = 2.0 * xp.sin(math.pi / 6 - 2.0 / 3.0 * tail)
    beyond = math.sqrt(3.0) * xp.sin(4.0 / 3.0 * tail) - 2.0 * xp.sin(2.0 / 3.0 * tail) ** 2
    return xp.sign(normal) * math.sqrt(STUDENT_T_NU - 2.0) * w / xp.sqrt(beyond)
