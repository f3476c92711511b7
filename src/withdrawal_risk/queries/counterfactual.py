"""What if it had been otherwise: set factors or policies, or scale edges, over past months."""

from __future__ import annotations

from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.suppositions import (
    answered,
    months_asked,
    settings_in_words,
    simulated,
)
from withdrawal_risk.simulation.probabilities import check_arguments
from withdrawal_risk.simulation.settings import Edges, Settings
from withdrawal_risk.simulation.worlds import of_settings

__all__ = ["counterfactual"]


def counterfactual(
    posterior: Posterior,
    settings: Settings | None = None,
    *,
    edges: Edges | None = None,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    ramp: int = 1,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
) -> Result:
    """Set factors or policies over past months, or scale edges, with every draw's innovations.

    The three steps are abduction, action and prediction (Pearl, Causality, 2009, section 7.1).

    Parameters
    ----------
    posterior : Posterior
    settings : mapping of factor or policy to setting, optional
        A level name; a number, which is a level, on the standard scale for a factor and in its
        own unit for a policy; or a shift, such as ``wr.shift(-1)``, from the value it would have
        in the world in which everything else of the question holds. `over` gives a setting months
        and a ramp of its own; a list of several sets a factor more than once.
    edges : mapping of edge to number, optional
        As in `do`. In the first month of a model no effect has arrived yet.
    start, end : str, Month or date, optional
        First and last month of the span. Default: the whole past.
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
        outside the past, or a fit that did not store its paths.

    Examples
    --------
    >>> result = wr.counterfactual(posterior, {"tension": "low"}, start="2023-06")
    >>> float(result.summary.loc["calm", "probability"]) <= 1
    True
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    # Checked before the span is read: without stored paths the months of the fit begin late, and
    # the fault would seem to lie in the dates.
    posterior.needs_paths("a counterfactual")
    world = of_settings(posterior, settings, start, end, "past", ramp, edges)
    first, last = months_asked(posterior, world)
    simulation = simulated(posterior, world, futures=futures, random_seed=random_seed)
    baseline = simulation.baseline_level[0].tolist()
    supposing = {
        lang: words.say(
            "counterfactual",
            settings=settings_in_words(posterior, world, baseline, words),
            first=first,
            last=last,
        )
        for lang, words in LANGUAGES.items()
    }
    return answered(posterior, world, simulation, supposing, ci_prob, supposed="supposed_had")
