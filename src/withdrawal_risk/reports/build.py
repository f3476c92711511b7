"""From a posterior to one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from withdrawal_risk.arguments import true_or_false, whole_number
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.files import check_target, path_of, write_bytes
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import languages_of, words_of
from withdrawal_risk.queries.results import Result
from withdrawal_risk.reports.blocks import Section
from withdrawal_risk.reports.data import data_links
from withdrawal_risk.reports.ingredients import Asked, Ingredients, gather
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
from withdrawal_risk.reports.sections.drawing import Drawing

if TYPE_CHECKING:
    from withdrawal_risk.queries.panel import PanelResult

__all__ = ["report"]

_SECTIONS: Final = (
    bottom_line.section,
    success.section,
    change.section,
    why.section,
    scenarios.section,
    ask.section,
    levers.section,
    watch.section,
    measured.section,
    network.section,
    trust.section,
    evidence.section,
    method.section,
)
"""In the order of a briefing."""


def _with_whole_months(text: str) -> Markup:
    """Return text as HTML in which a date stays in one piece, with its parts in order."""
    # Escaped before the spans are added, and marked as HTML after: otherwise the template would
    # escape the spans too.
    return Markup(
        re.sub(r"(\d{4}-\d{2}(?:-\d{2})?)", r'<span class="whole">\1</span>', str(escape(text)))
    )


def _digest(text: str) -> str:
    """Return what a Content-Security-Policy calls a style sheet or a script by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _page(
    found: Ingredients, lang: str, random_seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Return what the template shows in one language."""
    from withdrawal_risk import __version__

    posterior, words = found.posterior, words_of(lang)
    spec, drawing = posterior.model.spec, Drawing(lang)
    sections: list[Section] = []
    for section in _SECTIONS:
        sections.append(section(found, drawing))
        say(f"{lang}: {words.report[sections[-1].key]}")
    return {
        "lang": lang,
        "dir": words.direction,
        "name": words.own_name,
        "t": words.report,
        "title": spec.title[lang],
        "description": spec.description[lang] if spec.description else "",
        "source": spec.source[lang] if spec.source else "",
        "facts": _facts(found, lang),
        "fingerprint": words.report["fingerprint"].format(
            model=posterior.model.id,
            digest=posterior.model.digest[:12],
            version=__version__,
            seed=random_seed,
        ),
        "sections": sections,
    }


def _facts(found: Ingredients, lang: str) -> list[tuple[str, str]]:
    """Return dates: of the evidence, of the deadline, and of the report."""
    words, horizon = words_of(lang), found.posterior.model.spec.time.horizon
    left = ((horizon + 1).first_day - found.made_on).days - 1
    if left > 0:
        remaining = words.report["days_left"].format(days=words.days(left))
    elif left == 0:
        remaining = words.report["deadline_today"]
    else:
        remaining = words.report["deadline_passed"].format(days=words.days(-left))
    return [
        (words.report["evidence_until"], words.month(found.posterior.as_of)),
        (words.report["deadline"], f"{words.month(horizon)} ({remaining})"),
        (words.report["made_on"], words.day(found.made_on)),
    ]


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
    _check_outlook(posterior, result)
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
    pages = [_page(found, name, random_seed, say) for name in languages]
    write_bytes(target, _html(pages, found, live=live, random_seed=random_seed).encode())
    return target


def _check_outlook(posterior: Posterior, result: Result | None) -> None:
    """Refuse what is no outlook of a posterior."""
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


def _html(
    pages: list[dict[str, Any]], found: Ingredients, *, live: bool, random_seed: int
) -> str:
    """Return the page with the policy that lets nothing in but what it was made with."""
    templates = files("withdrawal_risk.reports") / "templates"
    style = (templates / "page.css").read_text(encoding="utf-8") + colour_rules()
    script = (templates / "page.js").read_text(encoding="utf-8")
    part = None
    # Labels, notes and sources come from a model's files and may hold characters that mean
    # something in HTML. A name that the template misses is an error and not an empty place.
    environment = Environment(
        loader=PackageLoader("withdrawal_risk.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = _with_whole_months
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(style)}",
            f"script-src {_digest(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    return environment.get_template("page.html").render(
        pages=pages,
        policy=policy,
        style=Markup(style),
        script=Markup(script),
        live=part,
        data=data_links(found),
    )
