"""Models in which every number is known, and posteriors in which nothing but chance is left."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import xarray as xr

import withdrawal_risk as wr
from withdrawal_risk.dynamics.kernel import simulate_past
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.path_inputs import path_inputs

NARROW = 1e-6
"""Relative distance of both percentiles from the value of a number that is meant to be known."""

NO_MEMORY = 0.02
"""Half-life in months at which nothing of last month is left: 2 ** -50."""

Z90 = NormalDist().inv_cdf(0.95)
CHAINS = 4

SAYS = {"basis": "judgement: invented for tests", "why": "It is invented."}
HEADER = "id,indicator,start,end,published,value,low,high,se,grade,source,url,note"

Entry = dict[str, Any]


def known(value: float) -> dict[str, float]:
    """Return percentiles that leave no doubt about a number."""
    width = NARROW * (abs(value) or 1.0)
    return {"p5": value - width, "p95": value + width}


def factor(
    name: str,
    half_life: float = NO_MEMORY,
    *,
    start: float = 0.0,
    baseline: float = 0.0,
    jump: bool = False,
) -> Entry:
    """Return a factor's entry in the file; its level in the first month has sd 1 around ``start``."""
    return {
        "role": "outcome", "label": name, "worse": "high", "half_life": known(half_life),
        "start": uncertain(start, 1.0), "baseline": known(baseline),
        "innovations": "student_t" if jump else "normal", **SAYS,
    }  # fmt: skip


def edge(parent: str, child: str, weight: float, lag: int = 0) -> Entry:
    """Return an edge's entry in the file."""
    return {"from": parent, "to": child, "weight": known(weight), "lag": lag, **SAYS}


def uncertain(mean: float, sd: float) -> dict[str, float]:
    """Return the percentiles of a normal."""
    return {"p5": mean - Z90 * sd, "p95": mean + Z90 * sd}


def indicator(
    measures: str,
    error: float,
    *,
    reference: tuple[float, float] = (0.0, NARROW),
    loading: float = 1.0,
    sign: int = 1,
) -> Entry:
    """Return the entry of a normal indicator; mean and sd of its reference are given."""
    return {
        "family": "normal", "measures": measures, "label": f"{measures} as seen", "unit": "points",
        "polarity": "+" if sign > 0 else "-", "at_reference": uncertain(*reference), "change_per_level": known(loading),
        "error": known(error), **SAYS,
    }  # fmt: skip


def condition(name: str, at_least: float, statistic: str = "last", **months: Any) -> Entry:
    """Return a condition on a factor, over the last month unless others are named."""
    clause = {
        "factor": name,
        "statistic": statistic,
        "at_least": at_least,
        **(months or {"last": 1}),
    }
    return {"label": f"{name} is high", "all": [clause], **SAYS}


def model(time: tuple[str, str, str], rows: Iterable[str] = (), **sections: Any) -> wr.Model:
    """Return a model from the sections of its file; ``time`` is its start, as_of and horizon."""
    file = {"id": "known", "title": "Known", "evidence": "evidence.csv"}
    file |= {"time": dict(zip(("start", "as_of", "horizon"), time, strict=True))} | sections
    # JSON is YAML 1.2.
    return wr.Model.from_texts(json.dumps(file), "\n".join([HEADER, *rows]) + "\n")


def posterior(
    model: wr.Model, own_scale: Mapping[str, float], *, draws: int, random_seed: int = 1
) -> wr.Posterior:
    """Return independent draws of what happens by chance, every parameter being known.

    Without evidence the posterior is the prior, so that no sampler is needed.

    Parameters
    ----------
    own_scale : mapping of factor to own scale
        In place of those that the library solves.
    """
    frame = build_frame(model, fit_window(model, model.as_of))
    unknowns = {}
    for name, prior in frame.priors.items():
        middle = prior.constrained(prior.mu)
        unknowns[name] = np.broadcast_to(middle, (draws, *middle.shape))
        if "innovation" in name:
            unknowns[name] = prior.draw(random_seed, draws)
    unknowns["own_scale"] = np.tile([own_scale[name] for name in frame.latent], (draws, 1))
    inputs = path_inputs(model, frame, unknowns, model.as_of, frame.window)
    level = simulate_past(inputs._replace(given=inputs.given[None]))
    data = {name: (frame.priors[name].dims, values) for name, values in unknowns.items()}
    data["level"] = (("month", "factor"), level[:, :, frame.inferred_index])
    dataset = xr.Dataset(
        {
            name: (("chain", "draw", *dims), np.reshape(values, (CHAINS, -1, *values.shape[1:])))
            for name, (dims, values) in data.items()
        },
        coords={"month": frame.window.dates, "factor": list(frame.inferred)},
    )
    return wr.Posterior(
        tree=xr.DataTree.from_dict({"posterior": dataset}),
        model=model,
        as_of=model.as_of,
        settings={},
    )
