"""What `do`, `counterfactual` and `observe` share: a question in words, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.network import Factor, Policy
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.families import family_of
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, Language, words_of
from withdrawal_risk.language.numbers import NO_BREAK, exact_share, signed_digits
from withdrawal_risk.model.evidence import EvidenceRow
from withdrawal_risk.queries.results import Result, summarise
from withdrawal_risk.simulation.observation import ESS_LIMIT, KHAT_LIMIT, Observation
from withdrawal_risk.simulation.probabilities import Probabilities, probabilities
from withdrawal_risk.simulation.settings import Setting
from withdrawal_risk.simulation.worlds import EdgeSpan, Span, World, horizon_window

__all__ = [
    "answered",
    "misleading_names",
    "months_asked",
    "observed_in_words",
    "settings_in_words",
    "simulated",
    "together",
]


def simulated(
    posterior: Posterior,
    world: World,
    *,
    futures: int,
    random_seed: int,
    observation: Observation | None = None,
) -> Probabilities:
    """Return the probabilities of the baseline and of one other world.

    Raises
    ------
    ArgumentError
        If what is observed lies too far from what is expected for the draws to be reweighted.
    """
    outcomes = probabilities(
        posterior,
        futures=futures,
        random_seed=random_seed,
        worlds=[world],
        observation=observation,
    )
    khat, ess = outcomes.khat, outcomes.ess
    broken = []
    if khat is not None and khat > KHAT_LIMIT:
        broken.append(f"Pareto k is {khat:.2f}, above {KHAT_LIMIT}")
    if ess is not None and ess < ESS_LIMIT:
        broken.append(f"the effective sample size is {ess:.0f}, below {ESS_LIMIT}")
    if broken:
        raise ArgumentError(
            "the observation lies too far outside what is expected for the draws to be "
            f"reweighted: {' and '.join(broken)}. Ask with more futures, or add it to the "
            "evidence and fit again"
        )
    return outcomes


def answered(
    posterior: Posterior,
    world: World,
    outcomes: Probabilities,
    supposing: dict[str, str],
    ci_prob: float,
    elicited: Mapping[str, bool] | None = None,
    *,
    supposed: str = "supposed",
) -> Result:
    """Return the answer to a question about one other world, given in words by language.

    ``supposed`` is as in `Result`.
    """
    notes = misleading_names(posterior, world, outcomes.baseline_level[0].tolist())
    notes += unfinished_ramps(posterior, world)
    return summarise(
        posterior,
        outcomes,
        ci_prob=ci_prob,
        world=1,
        supposing=supposing,
        supposed=supposed,
        notes=notes,
        elicited=elicited,
    )


def _number(level: float, policy: Policy | None, words: Language) -> str:
    """Write a level, or the value of a policy in its own unit."""
    if policy is None:
        return words.with_sign(f"{level:.1f}".replace("-", "−"))
    return words.with_sign(f"{policy.value(level):,.0f}".replace("-", "−"))


def _setting(
    setting: Setting, node: Factor | Policy, label: str, baseline: float, words: Language
) -> str:
    """Say what is set; of a level that is named, its number beside the baseline too."""
    written, policy = setting.written, node if isinstance(node, Policy) else None
    if isinstance(written, str):
        return words.say(
            "set_name",
            label=label,
            level=node.level_in_words(setting.place or 0, words),
            number=_number(setting.size, policy, words),
            baseline=_number(baseline, policy, words),
        )
    number = words.with_sign(signed_digits(written))
    if not setting.shifted:
        at = (
            words.say("level_number", number=number)
            if policy is None
            else _with_unit(number, policy, words)
        )
        return words.say("set_number", label=label, number=at)
    size = f"{abs(written):,.10g}"
    return words.say(
        "lowered" if written < 0 else "raised",
        label=label,
        size=words.counted(size, "level") if policy is None else _with_unit(size, policy, words),
    )


def _with_unit(number: str, policy: Policy, words: Language) -> str:
    return f"{number}{NO_BREAK}{policy.unit[words.code]}"


def settings_in_words(
    posterior: Posterior, world: World, baseline: Sequence[float], words: Language
) -> str:
    """Say what a world sets, what the baseline is there, and which edges it scales.

    The months are said of each where they are not the same for all.

    Parameters
    ----------
    baseline : sequence of float
        As `Probabilities.baseline_level` of the world.
    """
    spec, names = posterior.model.spec, posterior.frame.structure.factors
    parts: list[tuple[str, Span | EdgeSpan]] = []
    for span, usual in zip(world.spans, baseline, strict=True):
        name = names[span.factor]
        label = spec.label(name, words.code)
        parts.append((_setting(span.setting, spec.node(name), label, usual, words), span))
    for scaled in world.edge_spans:
        edge, share = _edge(posterior, scaled, words), exact_share(scaled.scale, words.code)
        parts.append((words.say("scaled", edge=edge, share=share), scaled))
    texts, apart = [], not together(posterior, world)
    for part, of in parts:
        text = part
        if of.ramp > 1:
            text = words.say("ramped", setting=text, months=words.months(of.ramp))
        if apart:
            first, last = _months(posterior, of)
            text = words.say("over_span", setting=text, first=first, last=last)
        texts.append(text)
    return words.series(texts)


def _edge(posterior: Posterior, span: EdgeSpan, words: Language) -> str:
    """Name an edge by its cause and its effect."""
    cause, effect, _ = posterior.frame.structure.edges[span.edge]
    spec, lang = posterior.model.spec, words.code
    return words.say("edge", cause=spec.label(cause, lang), effect=spec.label(effect, lang))


def _months(posterior: Posterior, span: Span | EdgeSpan) -> tuple[Month, Month]:
    begin = horizon_window(posterior).first
    return begin + span.first, begin + span.last


def months_asked(posterior: Posterior, world: World) -> tuple[Month, Month]:
    """Return the first and last month of all that a question asks for."""
    months = [_months(posterior, span) for span in world.asked]
    return min(first for first, _ in months), max(last for _, last in months)


def together(posterior: Posterior, world: World) -> bool:
    """Say whether all that a question asks for has the same months."""
    months = months_asked(posterior, world)
    return all(_months(posterior, span) == months for span in world.asked)


def unfinished_ramps(posterior: Posterior, world: World) -> list[dict[str, str]]:
    """Return a note on every ramp that is longer than its span, by language."""
    spec, names = posterior.model.spec, posterior.frame.structure.factors

    def label(span: Span | EdgeSpan, words: Language) -> str:
        if isinstance(span, EdgeSpan):
            return _edge(posterior, span, words)
        return words.quote.format(text=spec.label(names[span.factor], words.code))

    return [
        {
            lang: words.say(
                "ramp_unfinished",
                label=label(span, words),
                ramp=words.months(span.ramp),
                span=words.months(span.last - span.first + 1),
            )
            for lang, words in LANGUAGES.items()
        }
        for span in world.asked
        if span.unfinished
    ]


def misleading_names(
    posterior: Posterior, world: World, baseline: Sequence[float]
) -> list[dict[str, str]]:
    """Return a note on every level whose name points the other way, by language.

    Such as a "very high" that lies below the baseline and so lowers the factor.
    """
    spec, names = posterior.model.spec, posterior.frame.structure.factors
    english, notes = words_of("en"), []
    for span, usual in zip(world.spans, baseline, strict=True):
        setting, node = span.setting, spec.node(names[span.factor])
        policy = spec.policies.get(names[span.factor])
        same = _number(setting.size, policy, english) == _number(usual, policy, english)
        # Numbers, shifts and the name of the middle level have direction 0 and cannot mislead.
        if setting.direction * (setting.size - usual) >= 0 or same:
            continue
        note = "name_below_baseline" if setting.direction > 0 else "name_above_baseline"
        notes.append(
            {
                lang: words.say(
                    note,
                    label=node.label[lang],
                    level=node.level_in_words(setting.place or 0, words),
                    number=_number(setting.size, policy, words),
                    baseline=_number(usual, policy, words),
                )
                for lang, words in LANGUAGES.items()
            }
        )
    return notes


def observed_in_words(posterior: Posterior, observation: Observation, words: Language) -> str:
    """Say what is supposed to be observed, with its months."""
    spec, lang = posterior.model.spec, words.code
    parts: list[tuple[str, Month, Month]] = []
    for row in observation.rows:
        item = spec.indicators[row.indicator]
        shown = words.say(
            "observation", label=item.label[lang], value=_value_in_words(item, row, words)
        )
        months = row.months()
        parts.append((shown, months[0][0], months[-1][0]))
    for seen in observation.levels:
        node = spec.factors[seen.factor]
        level = node.level_in_words(node.level_place(seen.level) or 0, words)
        shown = words.say("observation", label=node.label[lang], value=level)
        parts.append((shown, seen.first, seen.last))
    spans = {(first, last) for _, first, last in parts}
    if len(spans) == 1 and parts[0][1] == parts[0][2]:
        listed = words.series([text for text, _, _ in parts])
        return words.say("observe", observations=listed, month=parts[0][1])
    texts = [
        words.say("in_month", observation=text, month=first)
        if first == last
        else words.say("over_span", setting=text, first=first, last=last)
        for text, first, last in parts
    ]
    return words.say("observe_each", observations=words.series(texts))


def _value_in_words(item: IndicatorBase, row: EvidenceRow, words: Language) -> str:
    """Write the value of a row, or its range, with the words of its family."""
    family = family_of(item)
    if not row.stated and row.low is not None and row.high is not None:
        low, high = (f"{end:,.10g}".replace("-", "−") for end in (row.low, row.high))
        return words.say("observed_range", low=words.with_sign(low), high=words.with_sign(high))
    if family.has_categories or (family.support == (0.0, 1.0) and family.whole):
        return family.in_words(row.value, item, words)
    return words.with_sign(f"{row.value:,.10g}".replace("-", "−"))
