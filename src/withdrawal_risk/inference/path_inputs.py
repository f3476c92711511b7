"""From unknowns to what determines the paths of all draws, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.dynamics.drift import split
from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.elements.timeline import Month, Window
from withdrawal_risk.inference.alignment import event_activity, event_age, policy_paths
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.model.library import Model

__all__ = ["dynamics_of", "path_inputs"]

Array = NDArray[np.float64]
Draws = Mapping[str, Array]


def path_inputs(
    model: Model, frame: Frame, draws: Draws, as_of: Month, window: Window
) -> PathInputs:
    """Return the inputs of every draw's path, over a window that may reach past the fit.

    The same transformations stand in the graph (`build`) and, compiled, in `density`.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (draw, ...)
        The unknowns.
    window : Window

    Returns
    -------
    PathInputs
        With a leading axis of draws, except ``clamped`` and ``given`` (month, factor) and the
        edges; ``innovation`` (draw, step, factor) is over the fit window.
    """
    structure, inferred = frame.structure, frame.inferred_index
    n, count = len(structure.factors), len(draws["half_life"])
    start = np.zeros((count, n))
    # Start levels from independent innovations, by the root of their covariance.
    start[:, inferred] = frame.start_mean + draws["start_innovation"] @ frame.start_root.T
    phi, own_scale, weight = dynamics_of(frame, draws, count)
    # Only the months of the fit have inferred innovations.
    innovation = np.zeros((count, len(frame.window) - 1, n))
    for name, mask in (("innovation_smooth", ~frame.jump), ("innovation_jump", frame.jump)):
        if name in draws:
            innovation[:, :, inferred[mask]] = draws[name]
    clamped, given = policy_paths(model, structure.factors, window, as_of)
    inputs = PathInputs(
        phi=phi,
        weight=weight,
        own_scale=own_scale,
        drive=np.zeros((count, len(window), n)),
        start=start,
        innovation=innovation,
        clamped=clamped,
        given=given,
        **structure.arrays._asdict(),
    )
    # Baselines act in every month, events while they last.
    if "baseline" in draws:
        inputs.drive[:, :, frame.latent_index[frame.baseline]] += draws["baseline"][:, None, :]
    if frame.effects:
        _add_events(model, frame, draws, as_of, window, inputs)
    return inputs


def dynamics_of(frame: Frame, draws: Draws, count: int) -> tuple[Array, Array, Array]:
    """Return persistence and scale of every node and weight of every edge, by draw."""
    structure, drift, latent = frame.structure, frame.drift, frame.latent_index
    n = len(structure.factors)
    phi, own_scale = np.full((count, n), 0.5), np.zeros((count, n))
    weight = np.zeros((count, len(structure.edges)))
    phi[:, latent] = 2.0 ** (-1.0 / draws["half_life"])
    own_scale[:, latent] = draws["own_scale"]
    if "weight_size" in draws:
        # Sizes are sampled; signs are asserted by the file.
        weight[:, structure.named_edge] = frame.sign * draws["weight_size"]
    hidden, drifting = structure.hidden, structure.drifting
    phi[:, hidden] = 2.0 ** (-1.0 / drift.half_life.filled(draws, "drift_half_life", count))
    own_scale[:, drifting], weight[:, structure.hidden_edge] = split(
        own_scale[:, drifting],
        drift.share.filled(draws, "drift_share", count),
        phi[:, drifting],
        phi[:, hidden],
    )
    own_scale[:, hidden] = 1.0
    return phi, own_scale, weight


def _add_events(
    model: Model, frame: Frame, draws: Draws, as_of: Month, window: Window, inputs: PathInputs
) -> None:
    """Add the effects of events to the drive."""
    structure, drift = frame.structure, frame.drift
    activity = event_activity(model, frame.effects, window, as_of)
    age = event_age(model, frame.effects, window)
    lasting = drift.lasting.filled(draws, "event_lasting", len(inputs.phi))
    for e, (_, factor) in enumerate(frame.effects):
        j = structure.factors.index(factor)
        effect = draws["event_effect"][:, e, None] * activity[:, e]
        if drift.lasting.known[e] == 0:
            inputs.drive[:, :, j] += effect
            continue
        part = lasting[:, e, None]
        inputs.drive[:, :, j] += (1.0 - part) * effect
        d = drift.of_effect[e]
        phi, h = inputs.phi[:, j, None], structure.hidden[d]
        # What the factor moves towards the effect in a month of its own: it moves less and less
        # as it gets there. Drive acts on the hidden parent by one minus its persistence.
        moved = (1.0 - phi) * phi ** age[:, e] * part * effect
        scale = inputs.weight[:, structure.hidden_edge[d]] * (1.0 - inputs.phi[:, h])
        inputs.drive[:, :, h] += moved / scale[:, None]
