"""What each expert of a panel judged, as ranges of the model file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from withdrawal_risk.elements.quantiles import Quantiles, on_scale
from withdrawal_risk.experts.fitting import fitted
from withdrawal_risk.experts.pooling import log_pool
from withdrawal_risk.model.panel_file import SEED, Answers, PanelRow
from withdrawal_risk.model.ranges import range_at
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["Package", "covering", "judged_paths", "packages", "pooled_package"]

Package = dict[str, Quantiles]

_WIDER = 1.2
"""By how much a range that covers those of several experts is wider than their mixture."""


def packages(spec: ModelSpec, answers: Answers) -> dict[str, Package]:
    """Return the ranges that each expert judged, by path; what is left out is the file's own.

    A range is the law through the percentiles that an expert gave, on the scale on which the file's
    own range is normal: through two exactly, through three by least squares of the distribution
    function, as in SHELF.
    """
    found: dict[str, Package] = {name: {} for name in answers.experts}
    for (expert, target), row in answers.latest().items():
        if not target.startswith(SEED):
            found[expert][target] = _range(spec, row)
    return found


def _range(spec: ModelSpec, row: PanelRow) -> Quantiles:
    given = range_at(spec, row.target)
    low, high = (on_scale(value, given.scale) for value in (row.p5, row.p95))
    if math.isnan(row.p50):
        law = fitted((0.05, 0.95), (low, high), "normal")
    else:
        middle = on_scale(row.p50, given.scale)
        law = fitted((0.05, 0.5, 0.95), (low, middle, high), "normal")
    return given.with_law(*law.parameters)


def judged_paths(several: Mapping[str, Package]) -> list[str]:
    """Return every range that any expert judged, once."""
    return list(dict.fromkeys(path for package in several.values() for path in package))


def pooled_package(
    spec: ModelSpec, several: Mapping[str, Package], weights: Sequence[float]
) -> Package:
    """Return the logarithmic pool of experts, range by range.

    Ranges are normal on their own scale, and so is their pool. Who left a range out is taken to
    judge it as the file does.
    """
    pooled: Package = {}
    for path in judged_paths(several):
        given = range_at(spec, path)
        laws = [package.get(path, given).law for package in several.values()]
        mu, sigma = log_pool([law[0] for law in laws], [law[1] for law in laws], list(weights))
        pooled[path] = given.with_law(mu, sigma)
    return pooled


def covering(spec: ModelSpec, several: Mapping[str, Package]) -> Package:
    """Return ranges that cover those of all experts and of the file: a fit that serves them all.

    Each has the mean of their mixture, and an sd a fifth above that of the mixture.
    """
    wide: Package = {}
    for path in judged_paths(several):
        given = range_at(spec, path)
        laws = [given.law, *(package.get(path, given).law for package in several.values())]
        mean = sum(mu for mu, _ in laws) / len(laws)
        variance = sum(sigma**2 + (mu - mean) ** 2 for mu, sigma in laws) / len(laws)
        wide[path] = given.with_law(mean, _WIDER * math.sqrt(variance))
    return wide
