"""From a posterior to one self-contained HTML file."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import xarray as xr
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import check_target, path_of, write_bytes
from withdrawal_risk.inference.checks import CheckResult, check
from withdrawal_risk.inference.learning import level_learning
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import Language, languages_of, words_of
from withdrawal_risk.language.numbers import (
    error_in_points,
    interval,
    percent,
    probability_word,
)
from withdrawal_risk.plots.edges import plot_edges
from withdrawal_risk.plots.forecast import plot_forecast, read_by_conditions
from withdrawal_risk.plots.network import plot_network
from withdrawal_risk.plots.outlook import plot_outlook
from withdrawal_risk.queries.forecast import forecast
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.queries.results import Result
from withdrawal_risk.reports.elements import conditions_in_words, factors_in_words
from withdrawal_risk.reports.evidence import span_in_words, value_in_words

__all__ = ["report"]


def _svg(figure: Figure, salt: str) -> Markup:
    """Return a figure as inline SVG; ``salt`` keeps the ids of several on one page apart."""
    buffer = io.StringIO()
    # A fixed salt and no date, so that the same figure gives the same text.
    with mpl.rc_context({"svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    # The XML declaration and document type before the element have no place inside HTML.
    return Markup(text[text.index("<svg") :])


def _range(one: float, other: float, words: Language) -> str:
    """Write an elicited range from its lower to its upper end, each with its sign."""
    # The 95th percentile of a negative weight's size is the lower end of the weight.
    low, high = (
        words.with_sign(f"{'−' if end < 0 else '+'}{abs(end):g}")
        for end in (min(one, other), max(one, other))
    )
    return words.from_to.format(low=low, high=high)


def _with_whole_months(text: str) -> Markup:
    """Return text as HTML in which a date stays in one piece, with its parts in order."""
    # Escaped before the spans are added, and marked as HTML after: otherwise the template would
    # escape the spans too.
    return Markup(
        re.sub(r"(\d{4}-\d{2}(?:-\d{2})?)", r'<span class="whole">\1</span>', str(escape(text)))
    )


def _evidence(posterior: Posterior, lang: str) -> list[dict[str, str]]:
    """Return the evidence that the fit sees, row by row."""
    indicators = posterior.model.spec.indicators
    return [
        {
            "indicator": indicators[row.indicator].label[lang],
            "span": span_in_words(row, lang),
            "value": value_in_words(row, indicators[row.indicator], lang),
            "published": str(row.published),
            "grade": row.grade,
            "source": row.source,
            "url": row.url,
            "note": row.note,
        }
        for row in posterior.model.evidence_at(posterior.as_of)
    ]


def _figures(
    posterior: Posterior, result: Result, forecasted: xr.Dataset, lang: str
) -> list[dict[str, Any]]:
    """Return the plots with their titles."""
    titles = words_of(lang).report
    figures = [
        (titles["outlook"], plot_outlook(result, lang=lang)),
        (titles["network"], plot_network(posterior, lang=lang)),
        (titles["forecast"], plot_forecast(posterior, lang=lang, result=forecasted)),
    ]
    if posterior.model.spec.edges:
        figures.append((titles["edges"], plot_edges(posterior, lang=lang)))
    return [
        {"title": title, "svg": _svg(figure, f"{lang}{number}")}
        for number, (title, figure) in enumerate(figures)
    ]


def _assumptions(posterior: Posterior, lang: str) -> list[dict[str, str]]:
    """Return the elicited edges."""
    spec = posterior.model.spec
    return [
        {
            "cause": spec.label(edge.from_, lang),
            "effect": spec.label(edge.to, lang),
            "why": edge.why[lang],
            "weight": _range(
                edge.weight.sign * edge.weight.size.p5,
                edge.weight.sign * edge.weight.size.p95,
                words_of(lang),
            ),
        }
        for edge in spec.edges
    ]


def _uninformed(posterior: Posterior) -> frozenset[str]:
    """Return the factors whose current level no evidence moved."""
    moved = level_learning(posterior)["moved"]
    return frozenset(str(name) for name, told in moved.items() if not told)


def _page(
    posterior: Posterior,
    result: Result,
    forecasted: xr.Dataset,
    checks: list[CheckResult],
    lang: str,
) -> dict[str, Any]:
    """Return what the template shows in one language."""
    spec, words = posterior.model.spec, words_of(lang)
    return {
        "lang": lang,
        "dir": words.direction,
        "text": words.report,
        "title": spec.title[lang],
        "description": spec.description[lang] if spec.description else "",
        "source": spec.source[lang] if spec.source else "",
        "success": conditions_in_words(spec, lang, _uninformed(posterior)),
        "factors": factors_in_words(spec, lang),
        "as_of": str(posterior.as_of),
        "horizon": str(spec.time.horizon),
        "sentence": result.sentence(lang),
        "ci_prob": words.percent.format(number=f"{100 * result.ci_prob:g}"),
        # None is no failure: such a check informs and neither passes nor fails.
        "failed": any(item.passed is False for item in checks),
        "conditions": [
            {
                "label": result.label(str(name), lang),
                "probability": percent(row["probability"], lang),
                "interval": interval(row["lower"], row["upper"], lang),
                "word": probability_word(row["probability"], lang, row["mcse"]),
                "structure": percent(row["structure"], lang),
                "prior": percent(row["prior"], lang),
                "published_true": percent(row["published_true"], lang),
                "published_false": percent(row["published_false"], lang),
                "judged": percent(row["judged"], lang),
                "analyst": interval(row["range_low"], row["range_high"], lang)
                if row["range_of"]
                else "",
                "mcse": error_in_points(row["mcse"], lang),
            }
            for name, row in result.summary.iterrows()
        ],
        "figures": _figures(posterior, result, forecasted, lang),
        "checks": [
            {"name": c.name, "verdict": c.verdict_in(lang), "text": c.sentence(lang)}
            for c in checks
        ],
        "evidence": _evidence(posterior, lang),
        "unmeasured": words.listed(
            spec.label(name, lang) for name in posterior.model.unmeasured(posterior.as_of)
        ),
        "assumptions": _assumptions(posterior, lang),
    }


def report(
    posterior: Posterior, output: str | Path, *, lang: str = "en", result: Result | None = None
) -> Path:
    """Write a report as one self-contained HTML file.

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
    ArgumentError
        For another language, or a result that is not an outlook of this posterior.

    Examples
    --------
    >>> path = wr.report(posterior, folder / "report.html", lang="both")
    >>> path.name
    'report.html'
    """
    languages, target = languages_of(lang), path_of(output, "output")
    checked_posterior(posterior, "report")
    check_target(target)
    # Only an outlook has the column ``prior``; the answer to another question lacks it.
    if result is not None and not (
        isinstance(result, Result)
        and result.about.fit == posterior.digest
        and "prior" in result.summary
    ):
        raise ArgumentError(
            "result is not an outlook of this posterior; leave it out, or give the one "
            "outlook(posterior) returned"
        )
    result = result or outlook(posterior)
    checks = check(posterior)
    # Labels, notes and sources come from a model's files and may hold characters that mean
    # something in HTML. A name that the template misses is an error and not an empty place.
    environment = Environment(
        loader=PackageLoader("withdrawal_risk.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["whole"] = _with_whole_months
    # Simulated once for the pictures of all languages.
    spec = posterior.model.spec
    drawn = [name for name in read_by_conditions(spec) if name in spec.indicators]
    forecasted = forecast(posterior, var_names=drawn)
    pages = [_page(posterior, result, forecasted, checks, name) for name in languages]
    html = environment.get_template("report.html").render(languages=pages)
    write_bytes(target, html.encode())
    return target
