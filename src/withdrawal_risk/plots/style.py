"""What all plots share: colours, words in both languages, an axis read from its side."""

from __future__ import annotations

from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from withdrawal_risk.errors import QueryError

__all__ = ["ACCENT", "AGAINST", "FOR", "MUTED", "new_figure", "say"]

ACCENT: Final = "#1f4e79"
MUTED: Final = "#9aa5b1"
FOR: Final = "#2a7f62"
AGAINST: Final = "#b5442e"

_WORDS: Final = {
    "probability": ("Probability", "الاحتمال"),
    "posterior": ("Given the evidence", "في ضوء الأدلة"),
    "prior": ("Before the evidence", "قبل الأدلة"),
    "level": ("Level (long-run standard deviations)", "المستوى (انحرافات معيارية طويلة الأمد)"),
    "weight": ("Long-run effect (sd per sd)", "الأثر طويل الأمد (انحراف لكل انحراف)"),
    "raises": ("raises", "يرفع"),
    "lowers": ("lowers", "يخفض"),
    "network": ("Causal network: line width shows the size of the effect", "الشبكة السببية: سماكة الخط تدل على حجم الأثر"),
    "outlook": ("Probability of each condition by {when}", "احتمال كل شرط بحلول {when}"),
    "edges": ("Causal effects before and after the evidence", "الآثار السببية قبل الأدلة وبعدها"),
    "interval": ("{p} % interval", "فترة {p}٪"),
    "median": ("Median, or probability of yes", "الوسيط، أو احتمال «نعم»"),
    "evidence": ("Evidence", "الأدلة"),
    "scenario": ("Scenario, 90 % interval", "السيناريو، فترة 90٪"),
    "shade": ("Current level", "المستوى الحالي"),
    "as_of": ("evidence until {when}", "الأدلة حتى {when}"),
}  # fmt: skip


def say(word: str, lang: str, **values: object) -> str:
    """Return a word of the plots in a language.

    Raises
    ------
    QueryError
        If the language is not one of ``en`` and ``ar``.
    """
    if lang not in ("en", "ar"):
        raise QueryError(f"{lang!r} is not a language of the plots; use 'en' or 'ar'")
    return _WORDS[word][lang == "ar"].format(**values)


def new_figure(width: float, height: float, columns: int = 1, rows: int = 1) -> tuple[Figure, list[Axes]]:
    """Return a figure outside pyplot's registry, and its axes in reading order."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes
