"""From a posterior to one self-contained HTML file."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from withdrawal_risk.errors import QueryError
from withdrawal_risk.files import write_beside
from withdrawal_risk.inference.checks import CheckResult, check
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.spec import OrdinalIndicator
from withdrawal_risk.plots.network import plot_network
from withdrawal_risk.plots.outlook import plot_edges, plot_forecast, plot_outlook
from withdrawal_risk.queries.outlook import outlook
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.words import percent, probability_word
from withdrawal_risk.reports.text import TEXT, languages_of

__all__ = ["report"]


def _svg(figure: Figure, salt: str) -> Markup:
    """Return a figure as inline SVG; ``salt`` keeps the ids of several on one page apart."""
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return Markup(text[text.index("<svg") :])


def _page(posterior: Posterior, result: Result, checks: list[CheckResult], lang: str) -> dict[str, Any]:
    spec, t = posterior.model.spec, TEXT[lang]
    verdicts = {True: t["passed"], False: t["failed"], None: t["information"]}

    rows = []
    for row in posterior.model.evidence:
        if row.published > posterior.as_of:
            continue
        item = spec.indicators[row.indicator]
        value = (
            item.grades[int(row.value)]
            if isinstance(item, OrdinalIndicator)
            else f"{row.value:,.10g} {item.unit[lang]}"
        )
        span = str(row.start) if row.start == row.end else f"{row.start} – {row.end}"
        rows.append(
            {"indicator": item.label[lang], "span": span, "value": value, "grade": row.grade,
             "source": row.source, "url": row.url}
        )  # fmt: skip
    figures = [
        (t["outlook"], plot_outlook(result, lang=lang)),
        (t["network"], plot_network(posterior, lang=lang)),
        (t["forecast"], plot_forecast(posterior, lang=lang)),
    ]
    if spec.edges:
        figures.append((t["edges"], plot_edges(posterior, lang=lang)))
    return {
        "lang": lang, "dir": "rtl" if lang == "ar" else "ltr", "text": t, "title": spec.title[lang],
        "as_of": str(posterior.as_of), "horizon": str(spec.time.horizon), "sentence": result.sentence(lang),
        "ci_prob": f"{100 * result.ci_prob:g}{'٪' if lang == 'ar' else ' %'}", "failed": any(item.passed is False for item in checks),
        "conditions": [
            {
                "label": result.label(str(name), lang), "probability": percent(row["probability"], lang),
                "interval": f"{percent(row['lower'], lang)} – {percent(row['upper'], lang)}", "word": probability_word(row["probability"], lang),
                "prior": percent(row["prior"], lang), "mcse": f"{row['mcse']:.2%}",
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
             "weight": f"{'+' if e.weight.sign > 0 else '−'}{e.weight.size.p5:g} … {e.weight.size.p95:g}"}
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
    languages = languages_of(lang)
    if result is not None and (result.posterior is not posterior or "prior" not in result.summary):
        raise QueryError(
            "result is not an outlook of this posterior; leave it out, or give the one outlook(posterior) returned"
        )
    result = result or outlook(posterior)
    checks = check(posterior)
    environment = Environment(
        loader=PackageLoader("withdrawal_risk.reports"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True,
    )  # fmt: skip
    pages = [_page(posterior, result, checks, name) for name in languages]
    html = environment.get_template("report.html").render(languages=pages)
    target = Path(output)
    write_beside(target, lambda at: at.write_text(html, encoding="utf-8"))
    return target
