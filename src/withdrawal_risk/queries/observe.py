"""What if we learn: reweight draws and futures by an observation."""

from __future__ import annotations

from collections.abc import Mapping

from withdrawal_risk.arguments import month_of
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.suppositions import answered, observations_in_words, simulated
from withdrawal_risk.simulation.observation import observation_of
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import World

__all__ = ["observe"]


def observe(
    posterior: Posterior,
    observed: Mapping[str, float | str],
    *,
    month: MonthLike,
    ci_prob: float = CI_PROB,
    futures: int = 64,
    random_seed: int = 1,
) -> Result:
    """Suppose that something is learnt of one month.

    Parameters
    ----------
    posterior : Posterior
    observed : mapping of indicator or factor to value
        A number for an indicator, the name of a category for one that has categories, the name of
        a level for a factor.
    month : str, Month or date
        The month that is learnt of.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw; more than in other questions, because they are weighted.
    random_seed : int
        Of the futures.

    Returns
    -------
    Result
        With the effective sample size ``ess`` and the Pareto k ``khat`` of the weights.

    Raises
    ------
    ArgumentError
        For an unknown name or impossible value, and where Pareto k exceeds 0.7 or fewer than 100
        draws are effective: then the model must be fitted again.

    Examples
    --------
    >>> result = wr.observe(posterior, {"rate": 110}, month="2024-01")
    >>> result.khat < 0.7
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    observation, at = observation_of(posterior, observed, month), month_of(month, "month")
    # Nothing is done in this world: its futures are those of the baseline, weighed by how well they
    # fit what is learnt.
    world = World.unchanged(posterior)
    simulation = simulated(
        posterior, world, futures=futures, random_seed=random_seed, observation=observation
    )
    supposing = {
        lang: words.say(
            "observe",
            observations=observations_in_words(posterior, observed, words),
            month=at,
        )
        for lang, words in LANGUAGES.items()
    }
    return answered(posterior, world, simulation, supposing, ci_prob)
