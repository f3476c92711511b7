"""Elicited ranges as a person reads them: what is judged, and from where to where."""

from __future__ import annotations

from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.quantiles import Quantiles
from withdrawal_risk.families import family_of
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.language.numbers import NO_BREAK, significant
from withdrawal_risk.model.ranges import sign_of
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["number_in_words", "range_in_words", "range_label"]


def _parts(path: str) -> tuple[str, str, list[str]]:
    """Return section, element and keys of a path."""
    section, name, *keys = path.split(".")
    return section, name, keys


def range_label(spec: ModelSpec, path: str, lang: str) -> str:
    """Return what an elicited range is of, for people.

    Parameters
    ----------
    spec : ModelSpec
    path : str
        As in `ranges`.
    lang : {"en", "ar"}
    """
    words, (section, name, keys) = words_of(lang), _parts(path)
    if section == "edges":
        cause, effect = name.split("->")
        return words.judgements["weight"].format(
            cause=spec.label(cause, lang), effect=spec.label(effect, lang)
        )
    if section == "events":
        event = spec.events[name].label[lang]
        return words.judgements[f"event_{keys[-1]}"].format(
            event=event, name=spec.label(keys[0], lang)
        )
    kind = f"{section}_{'_'.join(keys)}"
    # A family of a user's own has keys that no language knows.
    template = words.judgements.get(kind, words.judgements["other"])
    return template.format(name=spec.label(name, lang), key=".".join(keys))


def range_in_words(
    spec: ModelSpec, path: str, given: Quantiles, lang: str, *, size: bool = False
) -> str:
    """Write a range at a path, with its sign and unit.

    Parameters
    ----------
    spec : ModelSpec
    path : str
        As in `ranges`.
    given : Quantiles
        That of the file or another.
    lang : {"en", "ar"}
    size : bool
        Whether a weight is written without its sign, as forms ask for it.
    """
    words, (section, name, keys) = words_of(lang), _parts(path)
    sign = 1 if size else sign_of(spec, path)
    ends = sorted(sign * end for end in (given.p5, given.p95))
    item = spec.indicators[name] if section == "indicators" else None
    low, high = (number_in_words(end, given.scale, words) for end in ends)
    plain = given.scale in ("plain", "log")
    if plain and keys[-1] == "half_life":
        high = words.counted(high, "month")
    text = words.from_to.format(low=low, high=high)
    unit = _unit(keys[-1], item, words) if plain else ""
    return f"{text}{NO_BREAK}{unit}" if unit else text


def number_in_words(value: float, scale: str, words: Language) -> str:
    """Write one number of a range.

    Parameters
    ----------
    value : float
    scale : str
        Of the range: a share is written in per cent, a ratio with its sign.
    words : Language
    """
    if scale == "log_odds":
        return words.percent.format(number=significant(100 * value))
    if scale == "log_log":
        return words.with_sign(f"×{significant(value)}")
    return words.with_sign(significant(value))


def _unit(key: str, item: IndicatorBase | None, words: Language) -> str:
    """Return the unit that stands after a range; empty where none does."""
    if item is not None and key in ("at_reference", "change_per_level"):
        return family_of(item).unit_in_words(item, words)
    return ""
