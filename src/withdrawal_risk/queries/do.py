"""What if we act: set factors or policies over future months."""

from __future__ import annotations

from collections.abc import Mapping

from withdrawal_risk.arguments import checked_mapping, month_of
from withdrawal_risk.elements.timeline import Month, MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.suppositions import (
    answered,
    observations_in_words,
    settings_in_words,
    simulated,
)
from withdrawal_risk.simulation.elicited import elicited_conditions
from withdrawal_risk.simulation.observation import Observation, observation_of
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.settings import Settings
from withdrawal_risk.simulation.worlds import of_settings

__all__ = ["do"]


def do(
    posterior: Posterior,
    settings: Settings,
    *,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    ramp: int = 1,
    observed: Mapping[str, float | str] | None = None,
    month: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Result:
    """Set factors or policies over future months, cutting them off from their causes.

    Parameters
    ----------
    posterior : Posterior
    settings : mapping of factor or policy to setting
        A level name; a number, which is a level, on the standard scale for a factor and in its
        own unit for a policy; or a shift, such as ``wr.shift(-1)``, from the value it would have
        in the world in which everything else of the question holds. `over` gives a setting months
        and a ramp of its own; a list of several sets a factor more than once.
    start, end : str, Month or date, optional
        First and last month of the span. Default: the whole future.
    observed : mapping, optional
        What is then learnt, as in `observe`: the graph is cut first, then conditioned.
    month : str, Month or date, optional
        When it is learnt.
    ramp : int
        Months in which settings are reached, evenly, from what would have been; 1 is at once.
    ci_prob : float
        Probability of the (equal-tailed) credible interval.
    futures : int
        Simulated futures for each draw, at least 2. The baseline is simulated with the same
        noise, so differences are paired.
    random_seed : int
        Of the futures.

    Returns
    -------
    Result
        With ``difference`` from the baseline.

    Raises
    ------
    ArgumentError
        For an unknown name, a setting that cannot be read, a span outside the future, or an
        observation that contradicts the settings or lies far outside what they predict.

    Examples
    --------
    >>> result = wr.do(posterior, {"tension": wr.shift(-1)}, start="2024-01", end="2024-06")
    >>> sorted(result.summary.columns)[:3]
    ['difference', 'difference_lower', 'difference_mcse']
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    if not checked_mapping(settings, "settings"):
        raise ArgumentError("nothing is set; name a factor or policy and its setting")
    world = of_settings(posterior, settings, start, end, "future", ramp)
    first = posterior.as_of + 1 if start is None else month_of(start, "start")
    last = posterior.model.spec.time.horizon if end is None else month_of(end, "end")
    observation, at = _then_observed(posterior, settings, observed, month)
    simulation = simulated(
        posterior, world, futures=futures, random_seed=random_seed, observation=observation
    )
    supposing = {}
    for lang, words in LANGUAGES.items():
        sets = settings_in_words(posterior, world, simulation.baseline_level[0].tolist(), words)
        supposing[lang] = words.say("do", settings=sets, first=first, last=last)
        if observed is not None:
            seen = observations_in_words(posterior, observed, words)
            supposing[lang] = words.say(
                "do_observe", do=supposing[lang], observations=seen, month=at
            )
    # What is observed moves the answer too, and not by the effect of what is set.
    elicited = (
        elicited_conditions(posterior, world, simulation.baseline_level[0].tolist())
        if observed is None
        else None
    )
    return answered(posterior, world, simulation, supposing, ci_prob, elicited)


def _then_observed(
    posterior: Posterior,
    settings: Settings,
    observed: Mapping[str, float | str] | None,
    month: MonthLike | None,
) -> tuple[Observation | None, Month | None]:
    """Read what is observed once the settings hold."""
    if observed is None:
        if month is not None:
            raise ArgumentError(
                f"month is {month}, but nothing is observed in it; say what with observed"
            )
        return None, None
    if month is None:
        raise ArgumentError("month is missing; say when it would be observed")
    at = month_of(month, "month")
    for name in checked_mapping(observed, "observed"):
        if name in settings:
            raise ArgumentError(
                f"{name!r} is set by the same question; what is set cannot also be learnt"
            )
    return observation_of(posterior, observed, at), at
