"""From a posterior to one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from markupsafe import Markup

from withdrawal_risk.arguments import true_or_false, whole_number
from withdrawal_risk.files import check_target, path_of, write_bytes
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import languages_of, words_of
from withdrawal_risk.queries.results import Result
from withdrawal_risk.reports.blocks import Section
from withdrawal_risk.reports.data import data_links
from withdrawal_risk.reports.ingredients import Asked, Ingredients, check_outlook, gather
from withdrawal_risk.reports.live.part import LivePart, live_part
from withdrawal_risk.reports.palette import colour_rules
from withdrawal_risk.reports.sections import (
    ask,
    bottom_line,
    change,
    evidence,
    levers,
    measured,
    method,
    network,
    scenarios,
    success,
    trust,
    watch,
    why,
)
from withdrawal_risk.reports.sections.bar import dates, fingerprint
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.security import policy
from withdrawal_risk.reports.templating import filled, template_text

if TYPE_CHECKING:
    from withdrawal_risk.queries.panel import PanelResult

__all__ = ["SECTIONS", "report"]

SECTIONS: Final = (
    bottom_line,
    success,
    change,
    why,
    scenarios,
    ask,
    levers,
    watch,
    measured,
    network,
    trust,
    evidence,
    method,
)
"""The rooms of the sections, in the order of a briefing."""


def _page(found: Ingredients, lang: str, say: Callable[[str], None]) -> dict[str, Any]:
    """Return what the template shows in one language."""
    posterior, words = found.posterior, words_of(lang)
    spec, drawing = posterior.model.spec, Drawing(lang)
    sections: list[Section] = []
    for room in SECTIONS:
        sections.append(room.section(found, drawing))
        say(f"{lang}: {words.report[sections[-1].key]}")
    return {
        "lang": lang,
        "dir": words.direction,
        "name": words.own_name,
        "t": words.report,
        "title": spec.title[lang],
        "description": spec.description[lang] if spec.description else "",
        "source": spec.source[lang] if spec.source else "",
        "facts": dates(found, lang),
        "fingerprint": fingerprint(found, lang),
        "sections": sections,
    }


def report(  # noqa: PLR0913
    posterior: Posterior,
    output: str | Path,
    *,
    lang: str = "en",
    result: Result | None = None,
    history: pd.DataFrame | None = None,
    before: Posterior | None = None,
    panel: PanelResult | None = None,
    folder: str | Path | None = None,
    live: bool = True,
    random_seed: int = 1,
    made_on: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Write a report as one self-contained HTML file.

    Parameters
    ----------
    posterior : Posterior
    output : str or Path
        HTML file; it appears whole or not at all.
    lang : {"en", "ar", "both"}
        With ``both``, one page holds both and a switch.
    result : Result, optional
        An outlook already computed.
    history : pandas.DataFrame, optional
        The outlook by date, as `history` returns it.
    before : Posterior, optional
        The fit of the issue before, for what moved since.
    panel : PanelResult, optional
        What experts make of it.
    folder : str or Path, optional
        A track record.
    live : bool
        Whether the page can be asked; see `explore`.
    random_seed : int
        Of the futures.
    made_on : date, optional
        The day that stands on the page. Default: today.
    progress : callable, optional
        Told the name of every part when it is begun.

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
    live = true_or_false(live, "live")
    random_seed = whole_number(random_seed, "random_seed", least=0, most=2**63 - 1)
    check_outlook(posterior, result)
    say = progress or (lambda _: None)
    asked = Asked(
        outlook=result,
        history=history,
        before=before,
        panel=panel,
        folder=folder,
        random_seed=random_seed,
        made_on=made_on or date.today(),
    )
    first = words_of(languages[0]).report
    found = gather(posterior, asked, lambda key: say(first[key]))
    pages = [_page(found, name, say) for name in languages]
    part = None
    if live:
        say(first["ask"])
        part = live_part(posterior, random_seed=random_seed, languages=languages)
    write_bytes(target, _html(pages, found, part).encode())
    return target


def _html(pages: list[dict[str, Any]], found: Ingredients, live: LivePart | None) -> str:
    """Return the page with the policy that lets nothing in but what it was made with."""
    style = template_text("page.css") + colour_rules()
    scripts = [template_text("page.js")]
    if live is not None:
        style += live.style
        scripts.append(live.script)
    return filled(
        "page.html",
        pages=pages,
        policy=policy(style, *scripts, workers=live is not None),
        style=Markup(style),
        scripts=[Markup(script) for script in scripts],
        live=None if live is None else Markup(live.json),
        data=data_links(found),
    )
