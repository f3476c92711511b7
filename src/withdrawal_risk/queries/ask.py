"""A form that asks an expert for the ranges of a model, in plain words."""

from __future__ import annotations

import os
from collections.abc import Sequence

from withdrawal_risk.arguments import names_of, true_or_false, whole_number
from withdrawal_risk.characters import forbidden, quoted
from withdrawal_risk.elements.panel import LONGEST_NAME, MOST_ROUNDS
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.experts.form_file import ABOUT, Form, FormQuestion, write_form
from withdrawal_risk.families import family_of
from withdrawal_risk.files import path_of
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.language.numbers import significant
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.model.panel_file import SEED
from withdrawal_risk.model.range_wording import range_in_words
from withdrawal_risk.model.ranges import ranges, sign_of
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["ask", "question_in_words"]


def ask(
    model: Model,
    path: str | os.PathLike[str],
    *,
    expert: str = "",
    targets: Sequence[str] | None = None,
    round: int = 1,
    shown: bool = False,
    lang: str = "en",
) -> Form:
    """Write a form that asks an expert for the ranges of a model, and for seed questions.

    Parameters
    ----------
    model : Model
        Its panel's seed questions, if it has any, are asked too.
    path : str or os.PathLike
        Where to write it: a spreadsheet (``.xlsx``) or comma-separated values (``.csv``).
    expert : str
        Who is asked; may be left to be filled in.
    targets : sequence of str, optional
        Paths of the ranges to ask for; one that ends in ``.`` stands for all below it, such as
        ``edges.``. Default: all ranges of the file.
    round : int
        Of the panel.
    shown : bool
        Whether the form shows the ranges that the file has. They anchor whoever sees them.
    lang : {"en", "ar"}

    Returns
    -------
    Form

    Raises
    ------
    ArgumentError
        For an unknown target, a name with unseen characters, or a path that is neither.
    WithdrawalRiskError
        If it cannot be written.

    Examples
    --------
    >>> form = wr.ask(posterior.model, folder / "form.csv", targets=["factors.gaps.half_life"])
    >>> form.questions[0].question
    'What drives “Gaps” changes permanently. After how many months is it halfway to its new level?'
    """
    model, words, spec = checked_model(model, "ask"), words_of(lang), model.spec
    number = whole_number(round, "round", least=1, most=MOST_ROUNDS)
    shown = true_or_false(shown, "shown")
    if not isinstance(expert, str) or forbidden(expert) or len(expert) > LONGEST_NAME:
        raise ArgumentError(
            f"expert is {quoted(expert)}; write a name of at most {LONGEST_NAME} characters"
        )
    known = ranges(spec)
    questions = [
        FormQuestion(
            question=question_in_words(spec, target, lang),
            unit=_unit(spec, target, known[target], words),
            now=range_in_words(spec, target, known[target], lang, size=True) if shown else "",
            target=target,
            read_as=_reading(spec, target, known[target]),
        )
        for target in _chosen(list(known), targets)
    ]
    seeds = () if model.panel is None else model.panel.seeds
    questions += [
        FormQuestion(
            question=seed.question,
            unit=seed.unit,
            now="",
            target=SEED + seed.id,
            read_as="positive" if seed.scale == "log" else "number",
        )
        for seed in seeds
    ]
    lines = ["what", "wide", "levels", *(["known"] if seeds else [])]
    form = Form(
        title=words.forms["title"].format(title=spec.title[lang]),
        lines=[words.forms[line] for line in lines],
        about={
            "expert": expert,
            "date": "",
            "round": str(number),
            "model": spec.id,
        },
        labels={
            key: words.forms[key]
            for key in (*ABOUT, "number", "question", "unit", "now", "low", "middle", "high")
        }
        | {key: words.forms[key] for key in ("confidence", "why", "source")},
        questions=questions,
        right_to_left=words.right_to_left,
    )
    write_form(form, path_of(path))
    return form


def _chosen(known: list[str], targets: Sequence[str] | None) -> list[str]:
    """Return the targets that are asked for, in the order of the file."""
    if targets is None:
        return known
    wanted = set[str]()
    for target in names_of(targets, "targets"):
        below = [path for path in known if target.endswith(".") and path.startswith(target)]
        if not below and target not in known:
            raise ArgumentError(
                f"targets: {quoted(target)} is not a range of the file; "
                f"{did_you_mean(target, known)}"
            )
        wanted |= set(below or [target])
    return [path for path in known if path in wanted]


def _reading(spec: ModelSpec, target: str, given: Quantiles) -> str:
    """Return how the numbers of a line are read."""
    if sign_of(spec, target) < 0:
        return "negative"
    return {"log_odds": "percent", "log": "positive", "log_log": "above_one"}.get(
        given.scale, "number"
    )


def _unit(spec: ModelSpec, target: str, given: Quantiles, words: Language) -> str:
    """Return the unit in which a line is answered."""
    section, name, *keys = target.split(".")
    if given.scale == "log_odds":
        return words.forms["unit_percent"]
    if given.scale == "log_log":
        return words.forms["unit_times"]
    if keys[-1] == "half_life":
        return words.forms["unit_months"]
    if section == "indicators":
        item = spec.indicators[name]
        if family_of(item).has_categories:
            return words.forms["unit_steps"]
        relative = keys[-1] == "error" and family_of(item).error_scale == "relative"
        return words.forms["unit_share"] if relative else item.unit[words.code]
    return words.forms["unit_levels"]


def question_in_words(spec: ModelSpec, target: str, lang: str) -> str:
    """Ask for a range in words for a person who has never seen a model file.

    Parameters
    ----------
    spec : ModelSpec
    target : str
        Path of the range.
    lang : {"en", "ar"}
    """
    words = words_of(lang)
    section, name, *keys = target.split(".")
    if section == "edges":
        cause, effect = name.split("->")
        kind = "weight_up" if sign_of(spec, target) > 0 else "weight_down"
        return words.forms[kind].format(
            suppose=_supposed(spec, cause, words), effect=spec.label(effect, lang)
        )
    if section == "events":
        return words.forms[f"event_{keys[-1]}"].format(
            event=spec.events[name].label[lang], name=spec.label(keys[0], lang)
        )
    factor, moves = "", ""
    if section == "indicators":
        item = spec.indicators[name]
        factor = spec.label(item.measures, lang)
        moves = words.forms["rise" if item.polarity > 0 else "fall"]
    kind = f"{section}_{'_'.join(keys)}"
    if section == "indicators" and family_of(spec.indicators[name]).has_categories:
        # What is judged is a shift within the scatter of ratings, not one of grades.
        kind = f"{kind}_of_categories"
    if section == "indicators" and spec.indicators[name].polarity < 0:
        # What falls is divided; the other questions have one form for both.
        kind = f"{kind}_down" if f"{kind}_down" in words.forms else kind
    return words.with_dates(
        words.forms.get(kind, words.forms["other"]).format(
            name=spec.label(name, lang),
            factor=factor,
            moves=moves,
            month=spec.time.start,
            key=".".join(keys),
        )
    )


def _supposed(spec: ModelSpec, cause: str, words: Language) -> str:
    """Suppose that a cause is a level higher, of a policy in its own unit."""
    label, policy = spec.label(cause, words.code), spec.policies.get(cause)
    if policy is None:
        return words.forms["suppose_level"].format(cause=label)
    kind = "suppose_more" if policy.per_level > 0 else "suppose_less"
    amount = significant(abs(policy.per_level))
    return words.forms[kind].format(cause=label, amount=amount, unit=policy.unit[words.code])
