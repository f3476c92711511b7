"""What all plots share: colours, words in both languages, an axis read from its side."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from typing import Final

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.model.elicitation import Z90
from withdrawal_risk.queries.answers import About
from withdrawal_risk.queries.words import NO_BREAK, the_language

__all__ = [
    "ACCENT",
    "AGAINST",
    "FOR",
    "MUTED",
    "Z90",
    "LabelledFigure",
    "an_answer",
    "check_most",
    "marked",
    "new_figure",
    "percent_tick",
    "plain",
    "say",
    "title",
    "wrapped",
]

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
    "scenario": ("Scenario, {p} % interval", "السيناريو، فترة {p}٪"),
    "shade": ("Current level", "المستوى الحالي"),
    "grades": ("Shade: probability of each grade", "التظليل: احتمال كل درجة"),
    "seen": ("if it is seen there", "إذا شوهد هناك"),
    "expected": ("as expected", "المتوقع"),
    "drivers": ("{what}: what each factor would do, and what it would tell", "{what}: ما يفعله كل عامل وما يدل عليه"),
    "attribution": ("{what}: what took the probability from {a} to {b}", "{what}: ما نقل الاحتمال من {a} إلى {b}"),
    "untouched": ("without the shocks", "لولا ما جرى"),
    "now": ("as it is", "كما هو"),
    "before": ("as of {when}", "حتى {when}"),
    "change": ("{what}: what moved the probability", "{what}: ما حرّك الاحتمال"),
    "change_points": ("Probability (bars: Monte Carlo error, 90 %)", "الاحتمال (الأشرطة: خطأ المحاكاة، 90٪)"),
    "routes": ("Effect of {a} on {b}, by route", "أثر «{a}» في «{b}» بحسب الطريق"),
    "effect": ("Effect of a lasting {step} at the horizon (sd),\n{p} % interval", "أثر تغيير دائم بمقدار {step} عند الموعد (انحراف)،\nفترة {p}٪"),
    "reach": ("{what}: the highest probability for each cost", "{what}: أعلى احتمال لكل كلفة"),
    "cost": ("Cost (the file's units)", "الكلفة (بوحدات الملف)"),
    "shift": ("Lasting shift (sd)", "تغيير دائم (انحراف)"),
    "target": ("target {p}", "الهدف {p}"),
    "answer": ("answer, all draws", "الجواب، كل السحوبات"),
    "watch": ("{what}: what an indicator would tell in {n}", "{what}: ما يقوله كل مؤشر خلال {n}"),
    "reduction": ("Expected fall of the probability's variance (%)", "الانخفاض المتوقع في تباين الاحتمال (٪)"),
    "floor": ("noise floor", "حد الضجيج"),
    "mcse": ("Monte Carlo error, 90 %", "خطأ المحاكاة، 90٪"),
    "failed": ("this fit failed its checks", "لم تجتز هذه المعايرة فحوصها"),
    "lower": ("one sd lower; on the right, at its 10th percentile", "أدنى بانحراف معياري؛ ويمينًا عند المئين العاشر"),
    "higher": ("one sd higher; on the right, at its 90th percentile", "أعلى بانحراف معياري؛ ويمينًا عند المئين التسعين"),
    "worse": ("this end is worse", "هذا الطرف أسوأ"),
    "moved": ("if it were moved by one sd", "لو تحرّك انحرافًا معياريًا"),
    "direct": ("(in the condition)", "(في الشرط نفسه)"),
    "as_of": ("evidence until {when}", "الأدلة حتى {when}"),
}  # fmt: skip


def an_answer(value: object, kind: type, function: str) -> None:
    """Refuse to draw what is not the answer that a plot is made for.

    Raises
    ------
    ArgumentError
    """
    if not isinstance(value, kind):
        raise ArgumentError(f"{function} draws {kind.__name__}, the answer to a question, not {quoted(value)}")


def check_most(most: int) -> None:
    """Refuse to show nothing, or what is no number.

    Raises
    ------
    ArgumentError
    """
    whole_number(most, "most", least=1, most=10**6)


def say(word: str, lang: str, **values: object) -> str:
    """Return a word of the plots in a language.

    Raises
    ------
    ArgumentError
        If the language is not one of ``en`` and ``ar``.
    """
    return _WORDS[word][the_language(lang) == "ar"].format(**values)


class LabelledFigure(Figure):
    """A figure whose words are the model file's: a dollar sign is a dollar sign, not the beginning of mathematics."""

    def __repr__(self) -> str:
        """Name it by its titles."""
        titles = [
            self.get_suptitle(),
            *(axis.get_title(loc) for axis in self.axes for loc in ("left", "center", "right")),
        ]
        text = "; ".join(dict.fromkeys(" ".join(title.split()) for title in titles if title))
        width, height = self.get_size_inches()
        return f"Figure({width:g} x {height:g} in: {text[:200]})"

    def _repr_png_(self) -> bytes:
        """Show it in a notebook, whether or not its backend knows of it."""
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi=100)
        return picture.getvalue()

    def draw(self, renderer: RendererBase) -> None:
        """Draw, once every frame around a text is where the text is: arrows may end there before it is drawn."""
        texts = [text for text in self.findobj(Text) if isinstance(text, Text)]
        for text in texts:
            text.set_parse_math(False)
        framed, engine = [text for text in texts if text.get_bbox_patch() is not None], self.get_layout_engine()
        if framed and engine is not None:
            engine.execute(self)
        for text in framed:
            text.update_bbox_position_size(renderer)
        super().draw(renderer)


def percent_tick(value: float, _: float) -> str:
    """Write a tick of an axis of probabilities with the decimals it has."""
    return f"{100 * value:.3g}{NO_BREAK}%"


def plain(value: float, _: float) -> str:
    """Write a tick of a logarithmic axis as people write numbers."""
    return f"{value:,.10g}"


def new_figure(
    width: float, height: float, columns: int = 1, rows: int = 1, ratios: Sequence[float] | None = None, sharex: bool = False
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """Return a figure outside pyplot's registry, and its axes in reading order; ``ratios`` are the columns' widths."""
    figure = LabelledFigure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, width_ratios=ratios, sharex=sharex).ravel().tolist()
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes


def marked(figure: Figure, of: About, lang: str, *, also: bool = False) -> Figure:
    """Return a figure, with a warning across it where the fit behind it, or one ``also`` says of, failed its checks."""
    if also or not of.checks_passed:
        figure.text(
            0.5, 0.5, say("failed", lang), ha="center", va="center", rotation=20, fontsize=26, fontweight="bold",
            color=AGAINST, alpha=0.45, zorder=10, in_layout=False,
        )  # fmt: skip
    return figure


def wrapped(text: str, width: int) -> str:
    """Break a text into lines, but never at a hyphen, so that a month stays in one piece."""
    return "\n".join(textwrap.wrap(text, width, break_on_hyphens=False))


def title(figure: Figure, text: str, lang: str) -> None:
    """Write the title of a whole figure on the side reading begins."""
    figure.suptitle(text, x=0.99 if lang == "ar" else 0.01, ha="right" if lang == "ar" else "left", fontsize=12)
