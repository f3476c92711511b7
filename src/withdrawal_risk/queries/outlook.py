"""The outlook: probability of each success condition, with what we do not know about it."""

from __future__ import annotations

from dataclasses import replace

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.other_analyst import other_analyst
from withdrawal_risk.queries.published_part import published_part
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities

__all__ = ["Result", "outlook"]


def outlook(
    posterior: Posterior, *, ci_prob: float = CI_PROB, futures: int = FUTURES, random_seed: int = 1
) -> Result:
    """Compute the probability of each condition and of all together.

    Parameters
    ----------
    posterior : Posterior
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.

    Returns
    -------
    Result
        With three base rates beside each probability (``structure``: the model before any evidence
        and without its events; ``prior``: with the events that are known; ``probability``: given
        the evidence), and with its published part: ``published_true`` and ``published_false``, how
        probable it is that clauses which an outsider can settle decide the condition by themselves,
        and ``judged``, what is left to judgement. ``range_low`` and ``range_high`` are what a
        different reasonable analyst would say, and ``range_of`` what is moved for it: the judged
        thresholds by one named level, and groups of ranges whose refits `sensitivity` has kept.

    Raises
    ------
    ArgumentError
        If an argument is out of range.

    Examples
    --------
    >>> result = wr.outlook(posterior)
    >>> list(result.summary.index)
    ['calm', 'supplied', 'all_conditions']
    >>> bool((result.summary["lower"] <= result.summary["probability"]).all())
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    posterior_probabilities = probabilities(posterior, futures=futures, random_seed=random_seed)
    # The default number of futures, so that the base rate does not depend on `futures`.
    prior_probabilities = probabilities(
        posterior, group="prior", futures=FUTURES, random_seed=random_seed
    )
    structure_probabilities = probabilities(
        posterior, group="structure", futures=FUTURES, random_seed=random_seed
    )
    result = summarise(posterior, posterior_probabilities, ci_prob=ci_prob)
    part = published_part(posterior, futures=futures, random_seed=random_seed)
    other = other_analyst(posterior, futures=futures, random_seed=random_seed)
    return replace(
        result,
        summary=result.summary.assign(
            structure=structure_probabilities.value[0].mean(axis=1),
            prior=prior_probabilities.value[0].mean(axis=1),
            **part,
            **other[["range_low", "range_high", "range_of"]],
        ),
    )
