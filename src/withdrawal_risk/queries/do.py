"""What if we act: set factors or policies, or scale edges, over future months."""

from __future__ import annotations

from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.suppositions import (
    answered,
    months_asked,
    observed_in_words,
    settings_in_words,
    simulated,
    together,
)
from withdrawal_risk.simulation.elicited import elicited_conditions
from withdrawal_risk.simulation.observation import Observation, Observed, observation_of
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.settings import Edges, Settings
from withdrawal_risk.simulation.worlds import of_settings

__all__ = ["do"]


def do(  # noqa: PLR0913
    posterior: Posterior,
    settings: Settings | None = None,
    *,
    edges: Edges | None = None,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    ramp: int = 1,
    observed: Observed | None = None,
    month: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Result:
    """Set factors or policies over future months, or scale edges.

    What is set is cut off from its causes. What a scaled edge acts on keeps all of them.

    Parameters
    ----------
    posterior : Posterior
    settings : mapping of factor or policy to setting, optional
        A level name; a number, which is a level, on the standard scale for a factor and in its
        own unit for a policy; or a shift, such as ``wr.shift(-1)``, from the value it would have
        in the world in which everything else of the question holds. `over` gives a setting months
        and a ramp of its own; a list of several sets a factor more than once.
    edges : mapping of edge to number, optional
        What the weight of an edge, such as ``"tension->gaps"``, is multiplied by in the months in
        which its effect arrives: from 0, no effect, to 10; 1 is the baseline. `over` gives it
        months and a ramp of its own, as a list of several does. It comes before all shifts and
        ramps of `settings`, and changes nothing where its effect is set.
    start, end : str, Month or date, optional
        First and last month of the span. Default: the whole future.
    observed : mapping of indicator or factor to value, or rows, optional
        What is then learnt, as in `observe`: the graph is cut first, then conditioned.
    month : str, Month or date, optional
        When values that are given by name are learnt.
    ramp : int
        Months in which settings are reached, evenly, from what would have been, and scales from
        1; 1 is at once.
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
        If nothing is asked for; for an unknown name, a setting or scale that cannot be read, a span
        outside the future, or an observation that contradicts the settings or lies far outside what
        they predict.

    Examples
    --------
    >>> result = wr.do(posterior, {"tension": wr.shift(-1)}, start="2024-01", end="2024-06")
    >>> sorted(result.summary.columns)[:3]
    ['difference', 'difference_lower', 'difference_mcse']
    >>> result = wr.do(posterior, edges={"tension->gaps": 0.5}, start="2024-01", end="2024-06")
    >>> result.sentence()[:44]
    'With the effect of Tension on Gaps scaled to'
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    world = of_settings(posterior, settings, start, end, "future", ramp, edges)
    first, last = months_asked(posterior, world)
    observation = _then_observed(posterior, settings or {}, observed, month)
    simulation = simulated(
        posterior, world, futures=futures, random_seed=random_seed, observation=observation
    )
    supposing = {}
    for lang, words in LANGUAGES.items():
        sets = settings_in_words(posterior, world, simulation.baseline_level[0].tolist(), words)
        supposing[lang] = (
            words.say("do", settings=sets, first=first, last=last)
            if together(posterior, world)
            else words.say("do_each", settings=sets)
        )
        if observation is not None:
            seen = observed_in_words(posterior, observation, words)
            supposing[lang] = words.say("do_observe", do=supposing[lang], observed=seen)
    # What is observed moves the answer too, and not by the effect of what is set.
    elicited = (
        elicited_conditions(posterior, [world], [simulation.baseline_level[0].tolist()])[0]
        if observed is None
        else None
    )
    supposed = "supposed" if observation is None else "supposed_if"
    return answered(posterior, world, simulation, supposing, ci_prob, elicited, supposed=supposed)


def _then_observed(
    posterior: Posterior,
    settings: Settings,
    observed: Observed | None,
    month: MonthLike | None,
) -> Observation | None:
    """Read what is observed once the settings hold."""
    if observed is None:
        if month is not None:
            raise ArgumentError(
                f"month is {month}, but nothing is observed in it; say what with observed"
            )
        return None
    observation = observation_of(posterior, observed, month)
    for name in observation.names:
        if name in settings:
            raise ArgumentError(
                f"{name!r} is set by the same question; what is set cannot also be learnt"
            )
    return observation
