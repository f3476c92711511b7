"""Three questions kept apart: what if we act, what if it had been otherwise, what if we learn."""

from __future__ import annotations

from collections.abc import Mapping

from withdrawal_risk.errors import QueryError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.elicitation import LEVEL_NAMES
from withdrawal_risk.model.timeline import Month
from withdrawal_risk.queries.observation import ESS_LIMIT, KHAT_LIMIT, Observation, observation_of
from withdrawal_risk.queries.probabilities import check_arguments, probabilities
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.queries.words import turned
from withdrawal_risk.queries.worlds import World, of_settings

__all__ = ["counterfactual", "do", "observe"]

_ARABIC_LEVELS = dict(zip(LEVEL_NAMES, ("منخفض جداً", "منخفض", "متوسط", "مرتفع", "مرتفع جداً"), strict=True))


def _named(posterior: Posterior, values: Mapping[str, float | str], lang: str) -> str:
    parts = []
    for name, value in values.items():
        shown = value if isinstance(value, str) else f"{value:,.10g}"
        if lang == "ar":
            shown = _ARABIC_LEVELS.get(shown, turned(shown, lang))
        if isinstance(value, str) and value[:1] in ("+", "-"):
            shown = f"تغيير بمقدار {shown}" if lang == "ar" else f"shifted by {shown}"
        parts.append(f"{posterior.model.spec.label(name, lang)}: {shown}")
    return ("، " if lang == "ar" else ", ").join(parts)


def _ask(
    posterior: Posterior,
    world: World,
    supposing: dict[str, str],
    observation: Observation | None,
    ci_prob: float,
    futures: int,
    random_seed: int,
) -> Result:
    found = probabilities(
        posterior, futures=futures, random_seed=random_seed, worlds=[world], observation=observation
    )  # fmt: skip
    if found.khat is not None and found.ess is not None and (found.khat > KHAT_LIMIT or found.ess < ESS_LIMIT):
        raise QueryError(
            f"what is supposed to be learnt lies too far outside what is expected for the draws to be reweighted: "
            f"Pareto k {found.khat:.2f}, limit {KHAT_LIMIT}; effective sample size {found.ess:.0f}, at least {ESS_LIMIT}. Ask with more futures, "
            "or add it to the evidence and fit again"
        )
    return summarise(posterior, found, ci_prob=ci_prob, world=1, supposing=supposing)


def _with_observation(
    posterior: Posterior,
    supposing: dict[str, str],
    settings: Mapping[str, float | str],
    observed: Mapping[str, float | str] | None,
    month: str | Month | None,
) -> Observation | None:
    if observed is None:
        if month is not None:
            raise QueryError(f"month is {month}, but nothing is observed in it; say what with observed")
        return None
    if month is None:
        raise QueryError("month is missing; say when it would be observed")
    for name in observed:
        if name in settings:
            raise QueryError(f"{name!r} is set by the same question; what is set cannot also be learnt")
    observation = observation_of(posterior, observed, month)
    supposing["en"] += f", and should we then learn of {month} ({_named(posterior, observed, 'en')})"
    supposing["ar"] += f"، وإذا علمنا بعد ذلك عن {month} ({_named(posterior, observed, 'ar')})"
    return observation


def do(
    posterior: Posterior,
    settings: Mapping[str, float | str],
    *,
    start: str | Month | None = None,
    end: str | Month | None = None,
    observed: Mapping[str, float | str] | None = None,
    month: str | Month | None = None,
    ci_prob: float = 0.9,
    futures: int = 16,
    random_seed: int = 1,
) -> Result:
    """Set factors or policies over future months, cutting them off from their causes.

    Parameters
    ----------
    posterior : Posterior
    settings : mapping of factor or policy to setting
        A level name; a number, on the standard scale for a factor and in its own unit for a policy; or a
        shift with its sign as text, such as ``"+1"``, from the value it would have had.
    start, end : str or Month, optional
        First and last month of the span; the whole future where absent.
    observed : mapping, optional
        What is then learnt, as in `observe`: the graph is cut first, then conditioned.
    month : str or Month, optional
        When it is learnt.
    ci_prob : float
    futures : int
        For each draw. The expected world is run in the same ones, so differences are paired.
    random_seed : int

    Returns
    -------
    Result
        With ``difference`` from the expected world.

    Raises
    ------
    QueryError
        For an unknown name, a setting that cannot be read, a span outside the future, or an observation that
        contradicts the settings or lies far outside what they predict.
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures)
    if not settings:
        raise QueryError("nothing is set; name a factor or policy and its setting")
    world = of_settings(posterior, settings, start, end, "future")
    first, last = start or posterior.as_of + 1, end or posterior.model.spec.time.horizon
    supposing = {
        "en": f"If it were so from {first} to {last} ({_named(posterior, settings, 'en')})",
        "ar": f"إذا صار من {first} إلى {last} ({_named(posterior, settings, 'ar')})",
    }
    observation = _with_observation(posterior, supposing, settings, observed, month)
    return _ask(posterior, world, supposing, observation, ci_prob, futures, random_seed)


def counterfactual(
    posterior: Posterior,
    settings: Mapping[str, float | str],
    *,
    start: str | Month | None = None,
    end: str | Month | None = None,
    ci_prob: float = 0.9,
    futures: int = 16,
    random_seed: int = 1,
) -> Result:
    """Set factors or policies over past months, keeping everything else that happened by chance.

    Every draw keeps its own innovations: abduction, action, prediction (Pearl, Causality, 2009, section 7.1).

    Parameters
    ----------
    posterior, settings, start, end, ci_prob, futures, random_seed
        As in `do`, over past months; the whole past where no month is named.

    Returns
    -------
    Result

    Raises
    ------
    QueryError
        As in `do`.
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures)
    posterior.needs_paths("a counterfactual")
    world = of_settings(posterior, settings, start, end, "past")
    first, last = start or posterior.model.spec.time.start, end or posterior.as_of
    supposing = {
        "en": f"Had it been so from {first} to {last} ({_named(posterior, settings, 'en')})",
        "ar": f"لو كان من {first} إلى {last} ({_named(posterior, settings, 'ar')})",
    }
    return _ask(posterior, world, supposing, None, ci_prob, futures, random_seed)


def observe(
    posterior: Posterior,
    observed: Mapping[str, float | str],
    *,
    month: str | Month,
    ci_prob: float = 0.9,
    futures: int = 64,
    random_seed: int = 1,
) -> Result:
    """Suppose that something is learnt of one month, by reweighting draws and futures.

    Parameters
    ----------
    posterior : Posterior
    observed : mapping of indicator or factor to value
        A number for an indicator, a grade for an ordinal one, a level name for a factor.
    month : str or Month
        The month it speaks of.
    ci_prob, futures, random_seed
        As in `do`.

    Returns
    -------
    Result
        With the effective sample size ``ess`` and the Pareto k ``khat`` of the weights.

    Raises
    ------
    QueryError
        For an unknown name or impossible value, and where Pareto k exceeds 0.7 or fewer than 100 draws
        are effective: then a refit is due.
    """
    check_arguments(posterior, ci_prob=ci_prob, futures=futures)
    observation = observation_of(posterior, observed, month)
    named = {lang: _named(posterior, observed, lang) for lang in ("en", "ar")}
    supposing = {
        "en": f"Should we learn of {month} ({named['en']})",
        "ar": f"إذا علمنا عن {month} ({named['ar']})",
    }
    return _ask(posterior, World.unchanged(posterior), supposing, observation, ci_prob, futures, random_seed)
