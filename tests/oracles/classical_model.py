"""Cooke's classical model by explicit loops over lists, in many digits."""

from __future__ import annotations

from collections.abc import Sequence

import mpmath as mp

__all__ = ["calibration", "combined", "information", "pool_cdf", "span"]

Quantiles = Sequence[float]

mp.mp.dps = 40


def known(quantiles: Quantiles) -> bool:
    return all(q == q for q in quantiles)


def calibration(
    panel: Sequence[Sequence[Quantiles]],
    true: Sequence[float],
    at: Sequence[float],
    number: int | None = None,
) -> list[mp.mpf]:
    """Scores of all experts; `number` is the N of the statistic."""
    edges = [mp.mpf(0), *(mp.mpf(p) for p in at), mp.mpf(1)]
    tables = []
    for expert in panel:
        table = [0] * (len(at) + 1)
        for quantiles, value in zip(expert, true):
            if value != value or not known(quantiles):
                continue
            bin_ = 0
            while bin_ < len(quantiles) and not value <= quantiles[bin_]:
                bin_ += 1
            table[bin_] += 1
        tables.append(table)
    least = min(sum(table) for table in tables) if number is None else number
    scores = []
    for table in tables:
        entropy = mp.mpf(0)
        for k, count in enumerate(table):
            if count:
                share = mp.mpf(count) / sum(table)
                entropy += share * mp.log(share / (edges[k + 1] - edges[k]))
        scores.append(
            mp.gammainc(mp.mpf(len(at)) / 2, a=least * entropy, regularized=True)
            if entropy > 0
            else mp.mpf(1)
        )
    return scores


def span(
    panel: Sequence[Sequence[Quantiles]],
    true: Sequence[float],
    question: int,
    log: bool,
    over: float,
) -> tuple[mp.mpf, mp.mpf]:
    """The intrinsic range of a question, in logarithms where the question is on that scale."""
    named = [q for expert in panel for q in expert[question] if q == q]
    if true[question] == true[question]:
        named.append(true[question])
    places = [mp.log(v) if log else mp.mpf(v) for v in named]
    width = max(places) - min(places)
    return min(places) - mp.mpf(over) * width, max(places) + mp.mpf(over) * width


def information(
    panel: Sequence[Sequence[Quantiles]],
    at: Sequence[float],
    spans: Sequence[tuple[mp.mpf, mp.mpf]],
    logs: Sequence[bool],
) -> list[mp.mpf]:
    """Mean relative entropy of every expert, by the integral of each piece."""
    edges = [mp.mpf(0), *(mp.mpf(p) for p in at), mp.mpf(1)]
    scores = []
    for expert in panel:
        found = []
        for quantiles, (low, high), log in zip(expert, spans, logs):
            if not known(quantiles):
                continue
            knots = [low, *(mp.log(q) if log else mp.mpf(q) for q in quantiles), high]
            total = mp.mpf(0)
            for k in range(len(knots) - 1):
                height = (edges[k + 1] - edges[k]) / (knots[k + 1] - knots[k])
                total += (knots[k + 1] - knots[k]) * height * mp.log(height * (high - low))
            found.append(total)
        scores.append(sum(found) / len(found))
    return scores


def pool_cdf(
    place: mp.mpf,
    parts: Sequence[tuple[float, Quantiles]],
    at: Sequence[float],
    low: mp.mpf,
    high: mp.mpf,
    log: bool,
) -> mp.mpf:
    """The cdf of weighted experts at a place on the scale."""
    edges = [mp.mpf(0), *(mp.mpf(p) for p in at), mp.mpf(1)]
    total, weight = mp.mpf(0), mp.mpf(0)
    for share, quantiles in parts:
        knots = [low, *(mp.log(q) if log else mp.mpf(q) for q in quantiles), high]
        value = mp.mpf(0)
        for k in range(len(knots) - 1):
            inside = min(max(place - knots[k], mp.mpf(0)), knots[k + 1] - knots[k])
            value += (edges[k + 1] - edges[k]) * inside / (knots[k + 1] - knots[k])
        total += mp.mpf(share) * value
        weight += mp.mpf(share)
    return total / weight


def combined(
    panel: Sequence[Sequence[Quantiles]],
    weights: Sequence[float],
    at: Sequence[float],
    spans: Sequence[tuple[mp.mpf, mp.mpf]],
    logs: Sequence[bool],
) -> list[list[float]]:
    """Quantiles of the mixture, by halving."""
    pooled = []
    for question, ((low, high), log) in enumerate(zip(spans, logs)):
        parts = [
            (share, expert[question])
            for share, expert in zip(weights, panel)
            if share > 0 and known(expert[question])
        ]
        row = []
        for p in at:
            below, above = low, high
            for _ in range(90):
                middle = (below + above) / 2
                if pool_cdf(middle, parts, at, low, high, log) < mp.mpf(p):
                    below = middle
                else:
                    above = middle
            row.append(float(mp.exp(below) if log else below))
        pooled.append(row)
    return pooled
