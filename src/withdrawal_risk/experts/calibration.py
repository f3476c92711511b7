"""Cooke's classical model: how well experts judge, from questions whose answers are known.

R. M. Cooke, Experts in Uncertainty (Oxford University Press, 1991); R. M. Cooke and L. H. J.
Goossens, TU Delft expert judgment data base, Reliability Engineering & System Safety 93 (2008).

Everywhere assessments are quantiles, of shape (expert, question, quantile), in the unit of their
question; all quantiles of an expert who left a question out are nan. A question whose true value
is not nan is a seed question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from withdrawal_risk.arguments import names_of, number, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.experts.numbers import array_of, probabilities_of, weights_of
from withdrawal_risk.experts.pooling import intrinsic_range, piecewise, piecewise_pool

__all__ = [
    "FEW",
    "LEAST",
    "Weighting",
    "bin_shares",
    "calibration",
    "combined",
    "information",
    "ranges_of",
    "weights",
]

Array = NDArray[np.float64]

LEAST: Final = 8
"""Seed questions without which nobody is weighted."""

FEW: Final = 10
"""Seed questions below which weights are uncertain themselves, and one should say so."""

_MOST_SEEDS: Final = 1_000_000


def _assessments(value: ArrayLike, probabilities: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Return quantiles, and which questions each expert answered, (expert, question).

    Raises
    ------
    ArgumentError
        If an answer is given in part, or does not rise.
    """
    quantiles = array_of(value, "assessments", 3, missing=True)
    if quantiles.shape[2] != len(probabilities):
        raise ArgumentError(
            f"assessments has {quantiles.shape[2]} quantiles for {len(probabilities)} "
            "probabilities; write one for each"
        )
    absent = np.isnan(quantiles)
    faults = {
        "is given in part; write all its quantiles, or nan for each": absent.any(axis=2)
        & ~absent.all(axis=2),
        "does not rise; each quantile must lie above the one before": (
            quantiles[..., 1:] <= quantiles[..., :-1]
        ).any(axis=2),
    }
    for fault, where in faults.items():
        if where.any():
            expert, question = np.argwhere(where)[0]
            raise ArgumentError(
                f"assessments[{expert}, {question}] {quoted(quantiles[expert, question].tolist())} "
                f"{fault}"
            )
    return quantiles, ~absent.any(axis=2)


def _realisations(value: ArrayLike, questions: int) -> Array:
    true = array_of(value, "realisations", 1, missing=True)
    if len(true) != questions:
        raise ArgumentError(
            f"realisations has {len(true)} values for {questions} questions; write one for each, "
            "and nan where it is not known"
        )
    return true


def _scales(value: str | Sequence[str], questions: int) -> Sequence[str]:
    """Return the scale of every question."""
    scales = [value] * questions if isinstance(value, str) else names_of(value, "scales")
    if len(scales) != questions:
        raise ArgumentError(
            f"scales has {len(scales)} words for {questions} questions; write one for each, or one "
            "for all"
        )
    return scales


def bin_shares(
    assessments: ArrayLike, realisations: ArrayLike, probabilities: ArrayLike
) -> tuple[Array, NDArray[np.int64]]:
    """Return which share of the true values fell into each bin between an expert's quantiles.

    A value that equals a quantile falls into the bin below it. So do the stated probabilities: that
    of a quantile is the probability of at most its value. The published scores of the tobacco
    panel, where four true values equal quantiles, are those of this rule.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    realisations : array_like, shape (question,)
        True values; nan where it is not known.
    probabilities : array_like, shape (quantile,)
        Of the quantiles, rising.

    Returns
    -------
    shares : ndarray, shape (expert, quantile + 1)
        nan for an expert who answered no seed question.
    answered : ndarray, shape (expert,)
        How many seed questions each answered.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import bin_shares
    >>> shares, answered = bin_shares([[[1, 2], [1, 2]]], [2, 5], (0.1, 0.9))
    >>> shares.tolist(), answered.tolist()
    ([[0.0, 0.5, 0.5]], [2])
    """
    stated = probabilities_of(probabilities)
    quantiles, answers = _assessments(assessments, stated)
    true = _realisations(realisations, quantiles.shape[1])
    seeds = answers & ~np.isnan(true)
    place = (quantiles < true[:, None]).sum(axis=2)
    held = (place[..., None] == np.arange(len(stated) + 1)) & seeds[..., None]
    answered = seeds.sum(axis=1)
    shares = np.full((len(quantiles), len(stated) + 1), np.nan)
    np.divide(held.sum(axis=1), answered[:, None], out=shares, where=answered[:, None] > 0)
    return shares, answered


def calibration(
    assessments: ArrayLike,
    realisations: ArrayLike,
    probabilities: ArrayLike,
    *,
    power: int | None = None,
) -> Array:
    """Return each expert's calibration score, a p-value.

    It is the probability that an expert whose probabilities are right would do worse than this:
    ``P(chi2 >= 2 N I(s, p))`` with as many degrees of freedom as quantiles, where s are the shares
    of the true values in the bins between the quantiles, p the probabilities of the bins, I the
    relative entropy and N the number of seed questions. So that scores can be compared, N is for
    all experts the smallest number that anybody answered, as in the program EXCALIBUR.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    realisations : array_like, shape (question,)
        True values; nan where it is not known.
    probabilities : array_like, shape (quantile,)
        Of the quantiles, rising.
    power : int, optional
        N, for an expert who is compared with others than these.

    Returns
    -------
    ndarray, shape (expert,)
        From 0 to 1, of which 1 is best. The distribution is that of many seed questions; with few
        a score is only a way to rank.

    Raises
    ------
    ArgumentError
        Also where an expert answered no seed question.

    Examples
    --------
    Of ten true values one lies outside the intervals of the first expert, nine outside those of the
    second, which should hold 80 %:

    >>> from withdrawal_risk.experts.calibration import calibration
    >>> calm, rash = [[-1.3, 0, 1.3]] * 10, [[-0.2, 0, 0.2]] * 10
    >>> true = [-2, -1, -0.8, -0.5, -0.3, 0.1, 0.4, 0.6, 0.9, 1.1]
    >>> calibration([calm, rash], true, (0.1, 0.5, 0.9)).round(4).tolist()
    [0.5258, 0.0]
    """
    from scipy.special import chdtrc, rel_entr

    stated = probabilities_of(probabilities)
    shares, answered = bin_shares(assessments, realisations, stated)
    if not answered.all():
        raise ArgumentError(
            f"expert {int(np.argmin(answered))} (counted from 0) answered no seed question, and "
            "cannot be scored; leave this expert out"
        )
    count = (
        int(answered.min())
        if power is None
        else whole_number(power, "power", least=1, most=_MOST_SEEDS)
    )
    distance = rel_entr(shares, np.diff([0.0, *stated, 1.0])).sum(axis=1)
    # Of shares that are right to the last digit the entropy may come out a little below nought.
    return np.asarray(chdtrc(len(stated), np.maximum(2 * count * distance, 0.0)))


def ranges_of(
    assessments: ArrayLike,
    realisations: ArrayLike | None = None,
    *,
    scales: str | Sequence[str] = "linear",
    overshoot: float = 0.1,
) -> Array:
    """Return the intrinsic range of every question.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    realisations : array_like, shape (question,), optional
        True values, which belong to the range; nan where it is not known.
    scales : str or sequence of str
        ``"linear"`` or ``"log"``, for each question or for all.
    overshoot : float
        Share of its width by which the range reaches beyond what was named, at both ends.

    Returns
    -------
    ndarray, shape (question, 2)
        nan for a question that nobody answered.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import ranges_of
    >>> ranges_of([[[350, 400, 525]], [[625, 700, 800]]]).tolist()
    [[305.0, 845.0]]
    """
    quantiles = array_of(assessments, "assessments", 3, missing=True)
    questions = quantiles.shape[1]
    true = (
        np.full(questions, np.nan)
        if realisations is None
        else _realisations(realisations, questions)
    )
    ranges = np.full((questions, 2), np.nan)
    for question, scale in enumerate(_scales(scales, questions)):
        named = quantiles[:, question].ravel()
        if not np.isnan(named).all():
            try:
                ranges[question] = intrinsic_range(
                    [*named, true[question]], scale=scale, overshoot=overshoot
                )
            except ArgumentError as error:
                raise ArgumentError(f"question {question} (counted from 0): {error}") from None
    return ranges


def information(
    assessments: ArrayLike,
    probabilities: ArrayLike,
    ranges: ArrayLike,
    *,
    scales: str | Sequence[str] = "linear",
) -> Array:
    """Return each expert's information score: how concentrated the distributions are.

    It is the mean, over the questions that the expert answered, of the relative entropy to the law
    that is uniform, or log-uniform, on the intrinsic range. Scores that make weights are those of
    the seed questions alone.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    probabilities : array_like, shape (quantile,)
        Of the quantiles, rising.
    ranges : array_like, shape (question, 2)
        As from `ranges_of`, of all experts who are compared.
    scales : str or sequence of str
        ``"linear"`` or ``"log"``, for each question or for all.

    Returns
    -------
    ndarray, shape (expert,)
        In nats, at least 0; nan for an expert without an answer.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import information, ranges_of
    >>> wide, narrow = [[1.0, 5.0, 9.0]], [[4.0, 5.0, 6.0]]
    >>> ranges = ranges_of([wide, narrow])
    >>> information([wide, narrow], (0.1, 0.5, 0.9), ranges).round(3).tolist()
    [0.004, 0.801]
    """
    stated = probabilities_of(probabilities)
    quantiles, answers = _assessments(assessments, stated)
    bounds = _bounds(ranges, quantiles.shape[1])
    named = _scales(scales, quantiles.shape[1])
    scores = np.full(len(quantiles), np.nan)
    for expert, answered in enumerate(answers):
        each = [
            piecewise(stated, quantiles[expert, q], tuple(bounds[q]), named[q]).information
            for q in np.flatnonzero(answered).tolist()
        ]
        if each:
            scores[expert] = np.mean(each)
    return scores


def _bounds(ranges: ArrayLike, questions: int) -> Array:
    bounds = array_of(ranges, "ranges", 2, missing=True)
    if bounds.shape != (questions, 2):
        raise ArgumentError(
            f"ranges has the shape {bounds.shape}; it must be ({questions}, 2), two ends a question"
        )
    return bounds


def combined(
    assessments: ArrayLike,
    probabilities: ArrayLike,
    ranges: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    scales: str | Sequence[str] = "linear",
) -> Array:
    """Return the quantiles of the experts' linear pool, question by question.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    probabilities : array_like, shape (quantile,)
        Of the quantiles, rising.
    ranges : array_like, shape (question, 2)
        As from `ranges_of`.
    weights : array_like, shape (expert,), optional
        All alike if not given; in each question they are shared by those who answered it.
    scales : str or sequence of str
        ``"linear"`` or ``"log"``, for each question or for all.

    Returns
    -------
    ndarray, shape (question, quantile)
        nan where nobody with a weight answered.

    Raises
    ------
    ArgumentError

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import combined, ranges_of
    >>> experts = [[[1.0, 2.0, 3.0]], [[7.0, 8.0, 9.0]]]
    >>> combined(experts, (0.1, 0.5, 0.9), ranges_of(experts), [0.5, 0.5]).round(2).tolist()
    [[1.21, 5.0, 8.79]]
    """
    stated = probabilities_of(probabilities)
    quantiles, answers = _assessments(assessments, stated)
    experts, questions = answers.shape
    bounds, named = _bounds(ranges, questions), _scales(scales, questions)
    share = weights_of(weights, experts)
    pooled = np.full((questions, len(stated)), np.nan)
    for question in range(questions):
        held = np.flatnonzero(answers[:, question] & (share > 0))
        if held.size:
            laws = [
                piecewise(stated, quantiles[e, question], tuple(bounds[question]), named[question])
                for e in held
            ]
            pooled[question] = piecewise_pool(laws, share[held]).quantile(stated)
    return pooled


@dataclass(frozen=True, eq=False, kw_only=True)
class Weighting:
    """What seed questions say of experts, and the weights that follow.

    Parameters
    ----------
    calibration, information : ndarray, shape (expert,)
        Scores, on the seed questions.
    weights : ndarray, shape (expert,)
        Sum to 1.
    alpha : float
        Calibration below which an expert has no weight.
    power : int
        Seed questions that scores of calibration rest on: the smallest number anybody answered.
    combined_calibration, combined_information : float
        Scores of the combined expert, the linear pool with these weights.

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import weights
    >>> calm, wide = [[-1.3, 0, 1.3]] * 8, [[-2.6, 0, 2.6]] * 8
    >>> found = weights([calm, wide], [-2, -1, -0.5, -0.3, 0.1, 0.6, 0.9, 1.1], (0.1, 0.5, 0.9))
    >>> found.weights.tolist(), round(found.alpha, 3), found.few
    ([1.0, 0.0], 0.605, True)
    """

    calibration: Array
    information: Array
    weights: Array
    alpha: float
    power: int
    combined_calibration: float
    combined_information: float

    @property
    def few(self) -> bool:
        """Whether there are so few seed questions that callers should warn."""
        return self.power < FEW


def weights(
    assessments: ArrayLike,
    realisations: ArrayLike,
    probabilities: ArrayLike,
    *,
    scales: str | Sequence[str] = "linear",
    overshoot: float = 0.1,
    alpha: float | None = None,
    least: int = LEAST,
) -> Weighting:
    """Return the experts' global weights in the classical model.

    A weight is proportional to calibration times information, and nought for an expert whose
    calibration is below alpha. If alpha is not given, every score of calibration is tried, and that
    is taken with which the combined expert has the highest product of both; of several that are
    equal, the lowest.

    Parameters
    ----------
    assessments : array_like, shape (expert, question, quantile)
    realisations : array_like, shape (question,)
        True values; nan where it is not known.
    probabilities : array_like, shape (quantile,)
        Of the quantiles, rising.
    scales : str or sequence of str
        ``"linear"`` or ``"log"``, for each question or for all.
    overshoot : float
        Share of its width by which the intrinsic range reaches beyond what was named.
    alpha : float, optional
        From 0 to 1.
    least : int
        Seed questions that everybody must have answered.

    Raises
    ------
    ArgumentError
        Also where somebody answered fewer than `least` seed questions, or nobody passes.

    Examples
    --------
    >>> from withdrawal_risk.experts.calibration import weights
    >>> calm, rash = [[-1.3, 0, 1.3]] * 10, [[-0.2, 0, 0.2]] * 10
    >>> true = [-2, -1, -0.8, -0.5, -0.3, 0.1, 0.4, 0.6, 0.9, 1.1]
    >>> found = weights([calm, rash], true, (0.1, 0.5, 0.9))
    >>> found.weights.tolist(), found.few
    ([1.0, 0.0], False)
    """
    stated = probabilities_of(probabilities)
    quantiles, _ = _assessments(assessments, stated)
    questions = quantiles.shape[1]
    true = _realisations(realisations, questions)
    needed = whole_number(least, "least", least=1, most=_MOST_SEEDS)
    cut = None if alpha is None else number(alpha, "alpha")
    if cut is not None and not 0 <= cut <= 1:
        raise ArgumentError(f"alpha is {cut:g}; it must lie between 0 and 1")
    power = int(bin_shares(quantiles, true, stated)[1].min())
    if power < needed:
        raise ArgumentError(
            f"an expert answered {power} seed questions; with fewer than {needed} calibration "
            "cannot be told from luck. Ask more questions with known answers, or weight all alike"
        )
    seeds = ~np.isnan(true)
    quantiles, true = quantiles[:, seeds], true[seeds]
    named = [scale for scale, seed in zip(_scales(scales, questions), seeds, strict=True) if seed]
    ranges = ranges_of(quantiles, true, scales=named, overshoot=overshoot)
    calibrated = calibration(quantiles, true, stated)
    informed = information(quantiles, stated, ranges, scales=named)

    def at(bar: float) -> Weighting | None:
        """Return what a cut-off leads to, or None where nobody has a weight."""
        raw = np.where(calibrated >= bar, calibrated * informed, 0.0)
        if not raw.any():
            return None
        share = weights_of(raw, len(raw))
        pool = combined(quantiles, stated, ranges, share, scales=named)[None]
        return Weighting(
            calibration=calibrated,
            information=informed,
            weights=share,
            alpha=bar,
            power=power,
            combined_calibration=float(calibration(pool, true, stated, power=power)[0]),
            combined_information=float(information(pool, stated, ranges, scales=named)[0]),
        )

    bars = np.unique(calibrated).tolist() if cut is None else [cut]
    found = [one for one in map(at, bars) if one is not None]
    if not found:
        raise ArgumentError(
            f"no expert passes: the highest calibration is {calibrated.max():.4g}"
            + (f", below alpha {cut:g}; lower alpha" if cut else "; weight all alike")
        )
    return max(found, key=lambda one: one.combined_calibration * one.combined_information)
