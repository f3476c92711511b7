"""Draws that PyMC made of the graph of `build`, taken back to a posterior."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.alignment import check_as_of, fit_window
from withdrawal_risk.inference.build import data_arrays
from withdrawal_risk.inference.gathering import posterior_of
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.tree import Tree, check_memory
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.random import check_seed

__all__ = ["from_pymc"]


def from_pymc(
    model: Model,
    draws: xr.DataTree,
    *,
    as_of: MonthLike | None = None,
    random_seed: int = 1,
) -> Posterior:
    """Return the posterior of draws that PyMC made of `build`'s model, or of one made from it.

    Questions, checks and reports take it like that of `fit`. What was added to the graph is in the
    draws; priors, base rates and log likelihoods are those of the model's own files.

    Parameters
    ----------
    model : Model
        The one that was built.
    draws : xarray.DataTree
        As from `pymc.sample`, with the variables of `build` and the sampler's statistics.
    as_of : str, Month or date, optional
        The same as was given to `build`. Default: the file's own.
    random_seed : int
        Of the draws of the prior and of the replicates of evidence.

    Returns
    -------
    Posterior

    Raises
    ------
    ArgumentError
        If a variable of the model or a statistic of the sampler is missing or has another shape, or
        the draws saw other evidence, events or policies.

    Examples
    --------
    >>> wr.from_pymc(posterior.model, posterior.tree)
    Posterior('small', as_of=2023-12, 4 chains of 1000 draws)
    """
    model = checked_model(model, "from_pymc")
    month = check_as_of(model, as_of)
    frame = build_frame(model, fit_window(model, month))
    if not isinstance(draws, xr.DataTree) or not {"posterior", "sample_stats"} <= set(draws):
        raise ArgumentError(
            f"draws is {quoted(type(draws).__name__)} without the groups posterior and "
            "sample_stats; give what pymc.sample returns"
        )
    sampled = draws["posterior"].dataset
    settings: dict[str, Any] = {
        "draws": sampled.sizes["draw"],
        "tune": 0,
        "chains": sampled.sizes["chain"],
        "random_seed": check_seed(random_seed),
        "nuts_sampler": "pymc.sample",
        "store": "paths",
    }
    unknowns = {}
    for name, prior in frame.priors.items():
        shape = (settings["chains"], settings["draws"], *prior.mu.shape)
        if name not in sampled or sampled[name].shape != shape:
            raise ArgumentError(
                f"draws have no {name!r} of shape {shape}; sample build(model) of the same "
                f"model and as_of, {month}"
            )
        unknowns[name] = sampled[name].values.reshape(-1, *prior.mu.shape)
    # The shapes are those of every as_of of a window; what was seen is in the data of the graph.
    held = draws["constant_data"].dataset if "constant_data" in draws else {}
    for name, (expected, _) in data_arrays(model, frame, month).items():
        if name in held and not np.array_equal(held[name].values, expected):
            raise ArgumentError(
                f"draws were made with another {name!r} than that of {model.id!r} as of {month}; "
                "give the model and the as_of that were given to build"
            )
    tree = Tree(
        model, frame, month, draws=settings["draws"], chains=settings["chains"], store="paths"
    )
    check_memory(tree)
    return posterior_of(tree, unknowns, draws["sample_stats"].dataset, settings, anchored=False)
