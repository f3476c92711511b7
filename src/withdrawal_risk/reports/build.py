"""From a posterior to one self-contained HTML file."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from withdrawal_risk.errors import QueryError
from withdrawal_risk.files import check_target, path_of, write_bytes
from withdrawal_risk.inference.checks import CheckResult, check
from withdrawal_risk.inference.posterior import Posterior, the_posterior
from withdrawal_risk.language import languages_of, words_of
from withdrawal_risk.language.numbers import NO_BREAK, error_in_points, interval, percent, probability_word, turned
from withdrawal_risk.plots.network import plot_network
from withdrawal_risk.plots.outlook import plot_edges, plot_forecast, plot_outlook
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.queries.results import Result
from withdrawal_risk.reports.elements import conditions_in_words, factors_in_words
from withdrawal_risk.reports.evidence import figure_in_words, span_in_words

__all__ = ["report"]


def _svg(figure: Figure, salt: str) -> Markup:
    """Return a figure as inline SVG; ``salt`` keeps the ids of several on one page apart."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return Markup(text[text.index("<svg") :])


def _range(one: float, other: float, lang: str) -> str:
    """Write an elicited range from its lower to its upper end, each with its sign."""
    low, high = (turned(f"{'−' if end < 0 else '+'}{abs(end):g}", lang) for end in (min(one, other), max(one, other)))
    return f"من {low} إلى {high}" if lang == "ar" else f"{low} to {high}"


def _held_together(text: str) -> Markup:
    """Return text as HTML in which no line is broken inside a month."""
    return Markup(re.sub(r"(\d{4}-\d{2}(?:-\d{2})?)", r'<span class="whole">\1</span>', str(escape(text))))


def _page(posterior: Posterior, result: Result, checks: list[CheckResult], lang: str) -> dict[str, Any]:
    spec, t = posterior.model.spec, words_of(lang).REPORT
    verdicts = {True: t["passed"], False: t["failed"], None: t["information"]}

    rows = []
    for row in posterior.model.evidence_at(posterior.as_of):
        item = spec.indicators[row.indicator]
        rows.append({
            "indicator": item.label[lang], "span": span_in_words(row, lang), "value": figure_in_words(row, item, lang),
            "published": str(row.published), "grade": row.grade, "source": row.source, "url": row.url, "note": row.note,
        })  # fmt: skip
    figures = [
        (t["outlook"], plot_outlook(result, lang=lang)),
        (t["network"], plot_network(posterior, lang=lang)),
        (t["forecast"], plot_forecast(posterior, lang=lang)),
    ]
    if spec.edges:
        figures.append((t["edges"], plot_edges(posterior, lang=lang)))
    return {
        "lang": lang, "dir": "rtl" if lang == "ar" else "ltr", "text": t, "title": spec.title[lang],
        "description": spec.description[lang] if spec.description else "", "source": spec.source[lang] if spec.source else "",
        "success": conditions_in_words(spec, lang), "factors": factors_in_words(spec, lang),
        "as_of": str(posterior.as_of), "horizon": str(spec.time.horizon), "sentence": result.sentence(lang),
        "ci_prob": f"{100 * result.ci_prob:g}{'٪' if lang == 'ar' else f'{NO_BREAK}%'}", "failed": any(item.passed is False for item in checks),
        "conditions": [
            {
                "label": result.label(str(name), lang), "probability": percent(row["probability"], lang),
                "interval": interval(row["lower"], row["upper"], lang),
                "word": probability_word(row["probability"], lang),
                "prior": percent(row["prior"], lang), "mcse": error_in_points(row["mcse"], lang),
            }
            for name, row in result.summary.iterrows()
        ],
        "figures": [
            {"title": title, "svg": _svg(figure, f"{lang}{k}")} for k, (title, figure) in enumerate(figures)
        ],
        "checks": [{"name": c.name, "verdict": verdicts[c.passed], "text": c.text} for c in checks],
        "evidence": rows,
        "assumptions": [
            {"cause": spec.label(e.from_, lang), "effect": spec.label(e.to, lang), "why": e.why[lang],
             "weight": _range(e.weight.sign * e.weight.size.p5, e.weight.sign * e.weight.size.p95, lang)}
            for e in spec.edges
        ],
    }  # fmt: skip


def report(posterior: Posterior, output: str | Path, *, lang: str = "en", result: Result | None = None) -> Path:
    """Write the report.

    Parameters
    ----------
    posterior : Posterior
    output : str or Path
        HTML file; it appears whole or not at all.
    lang : {"en", "ar", "both"}
    result : Result, optional
        An outlook already computed.

    Returns
    -------
    Path

    Raises
    ------
    QueryError
        For another language, or a result that is not an outlook of this posterior.
    """
    languages, target = languages_of(lang), path_of(output, "output")
    the_posterior(posterior, "report")
    check_target(target)
    if result is not None and not (
        isinstance(result, Result) and result.about.fit == posterior.digest and "prior" in result.summary
    ):
        raise QueryError(
            "result is not an outlook of this posterior; leave it out, or give the one outlook(posterior) returned"
        )
    result = result or outlook(posterior)
    checks = check(posterior)
    environment = Environment(
        loader=PackageLoader("withdrawal_risk.reports"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True,
    )  # fmt: skip
    environment.filters["whole"] = _held_together
    pages = [_page(posterior, result, checks, name) for name in languages]
    html = environment.get_template("report.html").render(languages=pages)
    write_bytes(target, html.encode())
    return target
