"""What if we learn: reweight draws and futures by an observation."""

from __future__ import annotations

from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.suppositions import answered, observed_in_words, simulated
from withdrawal_risk.simulation.observation import Observed, observation_of
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.worlds import World

__all__ = ["observe"]


def observe(
    posterior: Posterior,
    observed: Observed,
    *,
    month: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    futures: int = 64,
    random_seed: int = 1,
) -> Result:
    """Suppose that something is learnt.

    Parameters
    ----------
    posterior : Posterior
    observed : mapping of indicator or factor to value, or rows
        Of one month: a number for an indicator, the name of a category for one that has categories,
        the name of a level for a factor. Or a list of mappings, or a table, with a row for all that
        is learnt, as evidence has them: ``name``, ``start``, ``end`` (by default the same month),
        ``value``, or ``low`` and ``high``, ``se`` and ``grade`` (by default A) of an indicator,
        ``level`` of a factor, whose mean over the months is then so high.
    month : str, Month or date, optional
        The month that values given by name are learnt of; rows have their own.
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
    >>> quarter = {"name": "incidents", "start": "2024-01", "end": "2024-03", "value": 60}
    >>> later = {"name": "rate", "start": "2024-02", "value": 105}
    >>> wr.observe(posterior, [quarter, later]).ess > 100
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    observation = observation_of(posterior, observed, month)
    # Nothing is done in this world: its futures are those of the baseline, weighed by how well they
    # fit what is learnt.
    world = World.unchanged(posterior)
    simulation = simulated(
        posterior, world, futures=futures, random_seed=random_seed, observation=observation
    )
    supposing = {
        lang: observed_in_words(posterior, observation, words) for lang, words in LANGUAGES.items()
    }
    return answered(posterior, world, simulation, supposing, ci_prob, supposed="supposed_if")
