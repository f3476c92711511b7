"""The outlook: probability of each success condition, with what we do not know about it."""

from __future__ import annotations

from dataclasses import replace

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
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
    # A number of futures of its own, so that the base rate does not depend on `futures`.
    prior_probabilities = probabilities(
        posterior, group="prior", futures=16, random_seed=random_seed
    )
    result = summarise(posterior, posterior_probabilities, ci_prob=ci_prob)
    return replace(
        result, summary=result.summary.assign(prior=prior_probabilities.value[0].mean(axis=1))
    )
