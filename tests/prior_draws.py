"""Posteriors of random models that hold draws of the oracle's prior, so that every unknown is in them and none is sampled."""

from __future__ import annotations

import numpy as np
import xarray as xr
from tests.oracles.model_density import ModelDensity, Unknowns

import withdrawal_risk as wr
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.parameters import Frame, build_frame

__all__ = ["prior_draws"]


def _value(frame: Frame, oracle: ModelDensity, name: str, unknowns: Unknowns) -> np.ndarray:
    """Return an unknown of the library from those of the oracle."""
    labels = frame.coords[frame.priors[name].dims[-1]]
    if name.startswith("innovation"):
        return np.stack([unknowns["innovation"][label] for label in labels], axis=1)
    if name == "start_innovation":
        mean, covariance = oracle.start_law(labels)
        start = np.array([unknowns["start"][label] for label in labels])
        return np.linalg.solve(np.linalg.cholesky(covariance), start - mean)
    return np.array([unknowns[name][label] for label in labels])


def prior_draws(model_text: str, evidence_text: str, points: list[Unknowns]) -> wr.Posterior:
    """Return a posterior whose draws are points of the oracle, in two chains."""
    model = wr.Model.from_texts(model_text, evidence_text)
    frame = build_frame(model, fit_window(model, model.as_of))
    oracle = ModelDensity(model_text, evidence_text)
    data = {}
    for name, prior in frame.priors.items():
        values = np.stack([_value(frame, oracle, name, point) for point in points])
        data[name] = (("chain", "draw", *prior.dims), values.reshape(2, -1, *values.shape[1:]))
    dataset = xr.Dataset(data, coords={"month": frame.window.dates, "factor": list(frame.inferred)})
    return wr.Posterior(
        tree=xr.DataTree.from_dict({"posterior": dataset}),
        model=model,
        as_of=model.as_of,
        settings={},
    )
