"""Answers as a notebook shows them: what they say, their picture, their tables."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any, Final

from markupsafe import Markup, escape
from matplotlib.figure import Figure

from withdrawal_risk.language import words_of
from withdrawal_risk.plots.attribution import plot_attribution
from withdrawal_risk.plots.by_when import plot_by_when
from withdrawal_risk.plots.do import plot_do
from withdrawal_risk.plots.drivers import plot_drivers
from withdrawal_risk.plots.effects import plot_effects
from withdrawal_risk.plots.observe import plot_observe
from withdrawal_risk.plots.outlook import plot_outlook
from withdrawal_risk.plots.panel import plot_panel
from withdrawal_risk.plots.path_effects import plot_path_effects
from withdrawal_risk.plots.reach import plot_reach
from withdrawal_risk.plots.scenarios import plot_scenarios
from withdrawal_risk.plots.sensitivity import plot_sensitivity
from withdrawal_risk.plots.watch_list import plot_watch_list
from withdrawal_risk.queries.answers import Answer
from withdrawal_risk.queries.attribution import Attribution
from withdrawal_risk.queries.by_when import ByWhen
from withdrawal_risk.queries.drivers import Drivers
from withdrawal_risk.queries.effects import Effects
from withdrawal_risk.queries.feedback import Feedback
from withdrawal_risk.queries.panel import PanelResult
from withdrawal_risk.queries.path_effects import PathEffects
from withdrawal_risk.queries.preliminary import Preliminary
from withdrawal_risk.queries.reach import Reach
from withdrawal_risk.queries.results import Result
from withdrawal_risk.queries.scenarios import Scenarios
from withdrawal_risk.queries.sensitivity import Sensitivity
from withdrawal_risk.queries.tripwires import Tripwires
from withdrawal_risk.queries.watch_list import WatchList
from withdrawal_risk.reports.sections.watch import tripwires_table
from withdrawal_risk.reports.tables import (
    Table,
    attribution_table,
    beside_table,
    better_table,
    by_when_table,
    drivers_table,
    effects_table,
    feedback_table,
    panel_table,
    preliminary_table,
    reach_table,
    result_table,
    scenarios_table,
    sensitivity_tables,
    watch_table,
)

__all__ = ["html_of"]

_TOP: Final = 12
"""Judgements in a table."""

_ROWS: Final = 60
"""Rows of any other table."""

_DPI: Final = 110

_TABLES: Final[dict[type[Answer], Callable[[Any, str], list[Table]]]] = {
    Attribution: lambda answer, lang: [attribution_table(answer, lang)],
    ByWhen: lambda answer, lang: [by_when_table(answer, lang)],
    Drivers: lambda answer, lang: [drivers_table(answer, lang)],
    Effects: lambda answer, lang: [effects_table(answer, lang)],
    Feedback: lambda answer, lang: [feedback_table(answer, lang)],
    PanelResult: lambda answer, lang: [panel_table(answer, lang)],
    Preliminary: lambda answer, lang: [preliminary_table(answer, lang)],
    Reach: lambda answer, lang: [reach_table(answer, lang)],
    Result: lambda answer, lang: _of_result(answer, lang),
    Scenarios: lambda answer, lang: [scenarios_table(answer, lang), better_table(answer, lang)],
    Sensitivity: lambda answer, lang: sensitivity_tables(answer, _TOP, lang),
    Tripwires: lambda answer, lang: [tripwires_table(answer, lang)],
    WatchList: lambda answer, lang: [watch_table(answer, lang)],
}

_PICTURES: Final[dict[type[Answer], Callable[[Any, str], Figure]]] = {
    Attribution: lambda answer, lang: plot_attribution(answer, lang=lang),
    ByWhen: lambda answer, lang: plot_by_when(answer, lang=lang),
    Drivers: lambda answer, lang: plot_drivers(answer, lang=lang),
    Effects: lambda answer, lang: plot_effects(answer, lang=lang),
    PanelResult: lambda answer, lang: plot_panel(answer, lang=lang),
    PathEffects: lambda answer, lang: plot_path_effects(answer, lang=lang),
    Reach: lambda answer, lang: plot_reach(answer, lang=lang),
    Result: lambda answer, lang: _drawn(answer, lang),
    Scenarios: lambda answer, lang: plot_scenarios(answer, lang=lang),
    Sensitivity: lambda answer, lang: plot_sensitivity(answer, lang=lang),
    WatchList: lambda answer, lang: plot_watch_list(answer, lang=lang),
}


def html_of(answer: Answer, lang: str = "en") -> str:
    """Return an answer as HTML: its sentence, its picture and its tables.

    Parameters
    ----------
    answer : Answer
    lang : {"en", "ar"}
        Arabic runs from the right.

    Returns
    -------
    str
        Nothing in it is loaded from elsewhere.
    """
    words = words_of(lang)
    parts = [Markup("<p>{}</p>").format(answer.sentence(lang))]
    draw = _PICTURES.get(type(answer))
    if draw is not None:
        parts.append(_picture(draw(answer, lang), answer.sentence(lang)))
    tables = _TABLES.get(type(answer), _plain)
    parts += [_table(table) for table in tables(answer, lang)]
    inside = Markup("\n").join(parts)
    return f'<div lang="{words.code}" dir="{words.direction}">\n{inside}\n</div>'


def _plain(answer: Any, lang: str) -> list[Table]:
    """Return the columns of an answer that has no table of its own."""
    summary = answer.summary.reset_index().head(_ROWS)
    texts = [k for k, kind in enumerate(summary.dtypes) if kind.kind in ("O", "T", "U")]
    rows = [
        [f"{value:.4g}" if isinstance(value, float) else str(value) for value in row]
        for row in summary.itertuples(index=False)
    ]
    return [{"columns": [str(name) for name in summary.columns], "rows": rows, "text": texts}]


def _of_result(answer: Result, lang: str) -> list[Table]:
    """Return the table of a result; of an outlook also what stands beside it."""
    own = result_table(answer, lang)
    return [own, beside_table(answer, lang)] if "structure" in answer.summary else [own]


def _drawn(answer: Result, lang: str) -> Figure:
    """Draw an outlook, or what a supposition makes of it."""
    if not answer.supposing:
        return plot_outlook(answer, lang=lang)
    learnt = answer.ess is not None
    return plot_observe(answer, lang=lang) if learnt else plot_do(answer, lang=lang)


def _picture(figure: Figure, description: str) -> Markup:
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=_DPI)
    address = f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
    return Markup('<img src="{}" alt="{}" style="max-width:100%">').format(address, description)


def _table(table: Table) -> Markup:
    """Return a table; text is aligned to where reading begins and numbers to where it ends."""
    aligned = [
        "start" if number in table["text"] else "end" for number in range(len(table["columns"]))
    ]
    cell = '<{tag} style="text-align:{side};vertical-align:top">{text}</{tag}>'

    def row(cells: list[str], tag: str) -> str:
        return "".join(
            cell.format(tag=tag, side=side, text=escape(text))
            for text, side in zip(cells, aligned, strict=True)
        )

    head = f"<thead><tr>{row(table['columns'], 'th')}</tr></thead>"
    body = "".join(f"<tr>{row(cells, 'td')}</tr>" for cells in table["rows"])
    return Markup(f"<table>{head}<tbody>{body}</tbody></table>")
