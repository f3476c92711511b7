"""Own variation at two speeds: what a share of the slow one means in the structural equation.

A factor with drift has a hidden parent of its own, without parents and with a long-run sd of 1.
The share ties the weight of the hidden parent to the scale of the factor's own innovations, so that
slow and fast own variance stand in the ratio of the share whatever the speeds are.

The functions take numbers or arrays of NumPy and PyTensor, and are compiled for the density.
"""

from __future__ import annotations

from typing import Any

__all__ = ["passed_on", "passed_on_rates", "split", "split_rates"]


def passed_on(phi: Any, phi_hidden: Any) -> Any:
    """Return the long-run variance that a hidden parent of unit weight gives its child.

    Of an AR(1) process of unit variance and persistence ``phi_hidden``, filtered by a response of
    persistence ``phi``.

    Parameters
    ----------
    phi, phi_hidden : float or array
        Monthly persistence of the child and of its hidden parent.
    """
    both = phi * phi_hidden
    return (1.0 - phi) * (1.0 + both) / ((1.0 + phi) * (1.0 - both))


def split(own_scale: Any, share: Any, phi: Any, phi_hidden: Any) -> tuple[Any, Any]:
    """Return the scale of the fast innovations, and the weight of the hidden parent.

    Parameters
    ----------
    own_scale : float or array
        Long-run sd of all own variation.
    share : float or array
        Share of its variance that is slow.
    phi, phi_hidden : float or array
        As in `passed_on`.
    """
    slow = share / passed_on(phi, phi_hidden)
    return own_scale * (1.0 - share) ** 0.5, own_scale * slow**0.5


def passed_on_rates(phi: Any, phi_hidden: Any) -> tuple[Any, Any]:
    """Return the derivatives of the logarithm of `passed_on` with respect to its arguments."""
    both = phi * phi_hidden
    # The derivative of log((1 + both) / (1 - both)) with respect to both.
    inner = 2.0 / (1.0 - both * both)
    return phi_hidden * inner - 2.0 / (1.0 - phi * phi), phi * inner


def split_rates(
    fast: Any, weight: Any, own_scale: Any, share: Any, phi: Any, phi_hidden: Any
) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Return derivatives of `split`, given what it returned.

    Returns
    -------
    tuple
        Of the fast scale with respect to own scale and share; of the weight with respect to own
        scale, share, persistence and hidden persistence.
    """
    by_phi, by_hidden = passed_on_rates(phi, phi_hidden)
    return (
        fast / own_scale,
        -0.5 * fast / (1.0 - share),
        weight / own_scale,
        0.5 * weight / share,
        -0.5 * weight * by_phi,
        -0.5 * weight * by_hidden,
    )
