"""Three questions kept apart: what if we act, what if it had been otherwise, what if we learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from withdrawal_risk.arguments import a_table, month_of
from withdrawal_risk.errors import QueryError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import turned
from withdrawal_risk.model.spec import Policy
from withdrawal_risk.model.timeline import Month, MonthLike
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.simulation.observation import ESS_LIMIT, KHAT_LIMIT, Observation, observation_of
from withdrawal_risk.simulation.probabilities import check_arguments, probabilities
from withdrawal_risk.simulation.settings import Given, Setting
from withdrawal_risk.simulation.worlds import World, of_settings

__all__ = ["contradicted_names", "counterfactual", "do", "observe"]


def _sizes(setting: Setting, expected: float, policy: Policy | None, lang: str) -> tuple[str, str]:
    """Write a level and what was expected, in standard levels or in the policy's unit."""
    if policy is None:
        return turned(f"{setting.size:.1f}", lang), turned(f"{expected:.1f}", lang)
    return turned(f"{policy.value(setting.size):,.0f}", lang), turned(f"{policy.value(expected):,.0f}", lang)


def _setting_in_words(setting: Setting, expected: float, lang: str, policy: Policy | None) -> str:
    """Say a setting and, of a level that is named, its number beside what was expected."""
    written = setting.written
    if isinstance(written, str):
        number, usual = _sizes(setting, expected, policy, lang)
        if lang == "ar":
            return f"{words_of('ar').LEVELS[written]}، أي {number} والمتوقع {usual}"
        return f"{written}, set to {number}; expected {usual}"
    number = turned(f"{written:,.10g}", lang)
    if not setting.shifted:
        return number
    return f"تغيير بمقدار {number}" if lang == "ar" else f"shifted by {number}"


def settings_in_words(posterior: Posterior, world: World, expected: Sequence[float], lang: str) -> str:
    """Say what a world sets, and what was expected there."""
    spec, names = posterior.model.spec, posterior.frame.structure.factors
    said = [
        f"{spec.label(names[span.factor], lang)}: "
        + _setting_in_words(span.setting, usual, lang, spec.policies.get(names[span.factor]))
        for span, usual in zip(world.spans, expected, strict=True)
    ]
    return ("؛ " if lang == "ar" else " | ").join(said)


def contradicted_names(posterior: Posterior, world: World, expected: Sequence[float]) -> list[dict[str, str]]:
    """Return a note on every level that is set in the direction opposite to its name, by language."""
    spec, names, found = posterior.model.spec, posterior.frame.structure.factors, []
    for span, usual in zip(world.spans, expected, strict=True):
        setting, node = span.setting, spec.node(names[span.factor])
        policy = spec.policies.get(names[span.factor])
        here, there = _sizes(setting, usual, policy, "en")
        if setting.direction * (setting.size - usual) >= 0 or here == there:
            continue
        english, arabic = ("below", "lowers it"), ("دون", "يخفضه")
        if setting.direction < 0:
            english, arabic = ("above", "raises it"), ("فوق", "يرفعه")
        note = {
            "en": f"Note: {node.label['en']} is set to {str(setting.written)!r} ({here}), which is {english[0]} the {there} "
            f"expected, so that this {english[1]}."
        }
        here, there = _sizes(setting, usual, policy, "ar")
        note["ar"] = (
            f"تنبيه: ضُبط «{node.label['ar']}» على «{words_of('ar').LEVELS[str(setting.written)]}» ({here})، وهو {arabic[0]} المتوقع "
            f"({there})، أي إن ذلك {arabic[1]}."
        )
        found.append(note)
    return found


def _named(posterior: Posterior, values: Mapping[str, float | str], lang: str) -> str:
    parts = []
    for name, value in values.items():
        shown = value if isinstance(value, str) else f"{value:,.10g}"
        if lang == "ar":
            shown = words_of("ar").LEVELS.get(shown, turned(shown, lang))
        parts.append(f"{posterior.model.spec.label(name, lang)}: {shown}")
    return ("، " if lang == "ar" else ", ").join(parts)


def _ask(
    posterior: Posterior,
    world: World,
    opening: dict[str, str],
    observation: Observation | None,
    learnt: dict[str, str],
    ci_prob: float,
    futures: int,
    random_seed: int,
) -> Result:
    """Answer a question; ``opening`` says when things are set, ``learnt`` what is learnt and when, by language."""
    found = probabilities(
        posterior, futures=futures, random_seed=random_seed, worlds=[world], observation=observation
    )  # fmt: skip
    if found.khat is not None and found.ess is not None and (found.khat > KHAT_LIMIT or found.ess < ESS_LIMIT):
        raise QueryError(
            f"what is supposed to be learnt lies too far outside what is expected for the draws to be reweighted: "
            f"Pareto k {found.khat:.2f}, limit {KHAT_LIMIT}; effective sample size {found.ess:.0f}, at least {ESS_LIMIT}. Ask with more futures, "
            "or add it to the evidence and fit again"
        )
    expected = found.expected_level[0].tolist()
    supposing = {}
    for lang, text in opening.items():
        settings = f" ({settings_in_words(posterior, world, expected, lang)})" if world.spans else ""
        supposing[lang] = f"{text}{settings}{learnt.get(lang, '')}"
    notes = contradicted_names(posterior, world, expected)
    return summarise(posterior, found, ci_prob=ci_prob, world=1, supposing=supposing, notes=notes)


def _with_observation(
    posterior: Posterior,
    settings: Mapping[str, Given],
    observed: Mapping[str, float | str] | None,
    month: MonthLike | None,
) -> tuple[Observation | None, dict[str, str]]:
    if observed is None:
        if month is not None:
            raise QueryError(f"month is {month}, but nothing is observed in it; say what with observed")
        return None, {}
    if month is None:
        raise QueryError("month is missing; say when it would be observed")
    month = month_of(month, "month")
    for name in a_table(observed, "observed"):
        if name in settings:
            raise QueryError(f"{name!r} is set by the same question; what is set cannot also be learnt")
    observation = observation_of(posterior, observed, month)
    return observation, {
        "en": f", and should we then learn of {month} ({_named(posterior, observed, 'en')})",
        "ar": f"، وإذا علمنا بعد ذلك عن {month} ({_named(posterior, observed, 'ar')})",
    }


def _span(start: MonthLike | None, end: MonthLike | None, earliest: Month, latest: Month) -> tuple[Month, Month]:
    """Return the first and last month of a question; the whole of its tense where not named."""
    return (
        earliest if start is None else month_of(start, "start"),
        latest if end is None else month_of(end, "end"),
    )


def do(
    posterior: Posterior,
    settings: Mapping[str, Given],
    *,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
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
        A level name; a number, which is a level, on the standard scale for a factor and in its own unit for a policy; or
        a shift, such as ``wr.shift(-1)``, from the value it would have had in the world in which everything else of the
        question holds.
    start, end : str, Month or date, optional
        First and last month of the span; the whole future where absent.
    observed : mapping, optional
        What is then learnt, as in `observe`: the graph is cut first, then conditioned.
    month : str, Month or date, optional
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
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    if not a_table(settings, "settings"):
        raise QueryError("nothing is set; name a factor or policy and its setting")
    world = of_settings(posterior, settings, start, end, "future")
    first, last = _span(start, end, posterior.as_of + 1, posterior.model.spec.time.horizon)
    opening = {"en": f"If it were so from {first} to {last}", "ar": f"إذا صار من {first} إلى {last}"}
    observation, learnt = _with_observation(posterior, settings, observed, month)
    return _ask(posterior, world, opening, observation, learnt, ci_prob, futures, random_seed)


def counterfactual(
    posterior: Posterior,
    settings: Mapping[str, Given],
    *,
    start: MonthLike | None = None,
    end: MonthLike | None = None,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
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
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    posterior.needs_paths("a counterfactual")
    world = of_settings(posterior, settings, start, end, "past")
    first, last = _span(start, end, posterior.model.spec.time.start, posterior.as_of)
    opening = {"en": f"Had it been so from {first} to {last}", "ar": f"لو كان من {first} إلى {last}"}
    return _ask(posterior, world, opening, None, {}, ci_prob, futures, random_seed)


def observe(
    posterior: Posterior,
    observed: Mapping[str, float | str],
    *,
    month: MonthLike,
    ci_prob: float = CI_PROB,
    futures: int = 64,
    random_seed: int = 1,
) -> Result:
    """Suppose that something is learnt of one month, by reweighting draws and futures.

    Parameters
    ----------
    posterior : Posterior
    observed : mapping of indicator or factor to value
        A number for an indicator, a grade for an ordinal one, a level name for a factor.
    month : str, Month or date
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
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    observation, month = observation_of(posterior, observed, month), month_of(month, "month")
    opening = {
        "en": f"Should we learn of {month} ({_named(posterior, observed, 'en')})",
        "ar": f"إذا علمنا عن {month} ({_named(posterior, observed, 'ar')})",
    }
    return _ask(posterior, World.unchanged(posterior), opening, observation, {}, ci_prob, futures, random_seed)
