"""From sampled unknowns to a posterior: everything that follows from them, some draws at a time."""

from __future__ import annotations

import dataclasses
from typing import Any, Final

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference import measurement
from withdrawal_risk.inference.alignment import evidence_months
from withdrawal_risk.inference.diagnostics import summarise
from withdrawal_risk.inference.path_inputs import path_inputs
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.tree import PRIOR_DRAWS, Tree, seen_rows, whole
from withdrawal_risk.inference.vector import anchor_shift
from withdrawal_risk.random import generator

__all__ = ["posterior_of"]

_CELLS: Final = 8_000_000
"""Levels computed at once, which bounds memory."""


def posterior_of(
    tree: Tree,
    unknowns: dict[str, Any],
    stats: xr.Dataset,
    settings: dict[str, Any],
    *,
    anchored: bool = True,
) -> Posterior:
    """Return the posterior that belongs to sampled unknowns, with all that follows from them."""
    from importlib.metadata import version

    arrays = _gather(tree, unknowns, settings["random_seed"], anchored=anchored)
    # What the sampler says of its own draws.
    arrays["sample_stats"] = _stats(stats)
    gathered = tree.assemble(arrays)
    diagnostics = summarise(gathered["posterior"].dataset, gathered["sample_stats"].dataset)
    settings = settings | {
        "versions": {name: version(name) for name in ("pymc", "nutpie", "numpy")},
        "diagnostics": dataclasses.asdict(diagnostics),
    }
    return Posterior(tree=gathered, model=tree.model, as_of=tree.as_of, settings=settings)


def _stats(stats: xr.Dataset) -> dict[str, NDArray[Any]]:
    """Return the sampler's account of each draw in PyMC's names.

    Nutpie calls the depth of its tree otherwise.
    """
    names = {"tree_depth": "depth"} if "depth" in stats else {}
    wanted = ("diverging", "energy", "n_steps", "tree_depth")
    if missing := [name for name in wanted if names.get(name, name) not in stats]:
        raise ArgumentError(f"the sampler's statistics lack {', '.join(missing)}; sample with NUTS")
    return {name: np.asarray(stats[names.get(name, name)].values) for name in wanted}


def _gather(
    tree: Tree, unknowns: dict[str, Any], random_seed: int, *, anchored: bool
) -> dict[str, dict[str, NDArray[Any]]]:
    """Compute everything that follows from the unknowns, some draws at a time.

    Parameters
    ----------
    tree : Tree
    unknowns : dict of str to ndarray, shape (draw, ...)
    random_seed : int
    anchored : bool
        Whether there are anchors in the place of references, which follow from them and the levels.
    """
    frame = tree.frame
    months = evidence_months(frame, tree.blocks)
    # Months before this one are simulated, because later ones need them, and not stored.
    since = frame.window.index(tree.window.first)
    groups = tree.given()
    prior_draws = {
        name: prior.draw(random_seed, PRIOR_DRAWS) for name, prior in frame.priors.items()
    }
    for group, draws, sample in (
        ("posterior", unknowns, (tree.chains, tree.draws)),
        ("prior", prior_draws, (1, PRIOR_DRAWS)),
    ):
        collected: dict[tuple[str, str], list[NDArray[Any]]] = {}
        noise = {
            block.family.name: generator(random_seed, group, "predictive", block.family.name)
            for block in tree.blocks
        }
        count = len(draws["half_life"])
        # Large networks are worked through in pieces.
        step = max(_CELLS // (len(frame.window) * len(frame.structure.factors)), 1)
        for begin in range(0, count, step):
            portion = {name: values[begin : begin + step] for name, values in draws.items()}
            inputs = path_inputs(tree.model, frame, portion, tree.as_of, frame.window)
            level = simulate_past(inputs._replace(given=inputs.given[None]))
            computed = {(group, "level"): level[:, since:, frame.inferred_index]}
            if "weight_size" in draws:
                computed[group, "weight"] = inputs.weight[:, frame.structure.named_edge]
            if anchored and group == "posterior" and "reference" in draws:
                portion["reference"] = portion["reference"] - anchor_shift(
                    frame, months, portion, level
                )
                computed[group, "reference"] = portion["reference"]
            for block in tree.blocks:
                name, rows = f"observed_{block.family.name}", seen_rows(block)
                # A replicate of every row, for predictive checks.
                shown = measurement.predict(frame, block, portion, level, noise[block.family.name])[
                    :, rows
                ]
                computed[f"{group}_predictive", name] = whole(block.family, shown)
                if group == "posterior":
                    computed["log_likelihood", name] = measurement.log_likelihood(
                        frame, block, portion, level
                    )[:, rows]
            if group == "posterior":
                for name in tree.parameters:
                    computed["log_prior", name] = frame.priors[name].log_density(portion[name])
            for key, values in computed.items():
                collected.setdefault(key, []).append(values)
        groups.setdefault(group, {}).update(
            tree.of_draws({name: draws[name] for name in tree.unknowns}, sample)
        )
        for (place, name), pieces in collected.items():
            groups.setdefault(place, {}).update(
                tree.of_draws({name: np.concatenate(pieces)}, sample)
            )
    for place in ("posterior_predictive", "prior_predictive", "log_likelihood"):
        groups.setdefault(place, {})
    return groups
