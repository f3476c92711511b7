"""The brief: one sheet, and a few lines to paste into a message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from markupsafe import Markup

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.files import check_target, path_of, write_bytes
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import LANGUAGES, languages_of, words_of
from withdrawal_risk.plots.outlook import plot_outlook
from withdrawal_risk.queries.results import Result
from withdrawal_risk.reports.ingredients import Asked, Findings, check_outlook, gather_findings
from withdrawal_risk.reports.palette import colour_rules
from withdrawal_risk.reports.sections.bar import dates, fingerprint
from withdrawal_risk.reports.sections.bottom_line import (
    bottleneck_sentence,
    chance_sentence,
    confidence_sentence,
    distance_sentence,
    moved_sentence,
)
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.security import policy
from withdrawal_risk.reports.tables import Table, result_table
from withdrawal_risk.reports.templating import filled, template_text
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS

__all__ = ["Brief", "brief"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Brief:
    """A forecast in brief.

    Parameters
    ----------
    findings : Findings
        The answers that it says.

    Examples
    --------
    >>> wr.brief(posterior)
    Brief(small, as of 2023-12)
    """

    findings: Findings

    def __repr__(self) -> str:
        about = self.findings.outlook.about
        return f"Brief({about.model}, as of {about.as_of})"

    def text(self, lang: str = "en") -> str:
        """Return it as plain text to paste into a message; ``lang`` is ``en`` or ``ar``."""
        lines = [
            self.findings.posterior.model.spec.title[words_of(lang).code],
            *(f"{name}: {value}" for name, value in dates(self.findings, lang)),
            "",
            *(line for line in self._lines(lang) if line),
            "",
            fingerprint(self.findings, lang),
        ]
        return "\n".join(lines)

    def _lines(self, lang: str) -> list[str]:
        """Return what it says, a paragraph a line."""
        found = self.findings
        lines = [
            f"{chance_sentence(found, lang)}.",
            bottleneck_sentence(found, lang),
            moved_sentence(found, lang),
        ]
        if found.scenarios is not None:
            lines.append(found.scenarios.sentence(lang, ALL_CONDITIONS))
        if found.tripwires is not None:
            lines.append(found.tripwires.sentence(lang))
        return [*lines, confidence_sentence(found, lang), distance_sentence(found, lang)]

    def html(self, lang: str = "en") -> str:
        """Return it as a page that prints on one sheet of A4 a language.

        Parameters
        ----------
        lang : {"en", "ar", "both"}
        """
        style = template_text("brief.css") + colour_rules()
        sheets = [self._sheet(name) for name in languages_of(lang)]
        return filled("brief.html", sheets=sheets, style=Markup(style), policy=policy(style))

    def _sheet(self, lang: str) -> dict[str, object]:
        """Return what the template shows in one language."""
        found, words = self.findings, words_of(lang)
        figure = plot_outlook(found.outlook, lang=lang)
        table: Table = result_table(found.outlook, lang)
        return {
            "lang": lang,
            "dir": words.direction,
            "title": found.posterior.model.spec.title[lang],
            "facts": dates(found, lang),
            "lines": [line for line in self._lines(lang) if line],
            "picture": Drawing(f"brief-{lang}").picture(figure, words.report["outlook_caption"]),
            "table": table,
            "warning": words.report["warning"] if not found.outlook.about.checks_passed else "",
            "fingerprint": fingerprint(found, lang),
        }

    def save(self, output: str | Path, *, lang: str = "en") -> Path:
        """Write it as an HTML file, which appears whole or not at all.

        Parameters
        ----------
        output : str or Path
        lang : {"en", "ar", "both"}
        """
        target = path_of(output, "output")
        check_target(target)
        write_bytes(target, self.html(lang).encode())
        return target

    def _repr_html_(self) -> str:
        """Show it in a notebook, in the first language."""
        lang = next(iter(LANGUAGES))
        shown = "".join(f"<p>{Markup.escape(line)}</p>" for line in self._lines(lang) if line)
        return f"<article>{shown}</article>"


def brief(
    posterior: Posterior,
    *,
    result: Result | None = None,
    before: Posterior | None = None,
    random_seed: int = 1,
    made_on: date | None = None,
) -> Brief:
    """Put a forecast on one sheet: how likely, what stands in the way, what moves it, how sure.

    Parameters
    ----------
    posterior : Posterior
    result : Result, optional
        An outlook already computed.
    before : Posterior, optional
        The fit of the issue before, for what moved since.
    random_seed : int
        Of the futures.
    made_on : date, optional
        The day that stands on it. Default: today.

    Returns
    -------
    Brief

    Raises
    ------
    ArgumentError
        For a result that is not an outlook of this posterior.

    Examples
    --------
    >>> wr.brief(posterior).text().splitlines()[1]
    'Evidence until: December 2023'
    """
    checked_posterior(posterior, "brief")
    check_outlook(posterior, result)
    asked = Asked(
        outlook=result,
        before=before,
        random_seed=whole_number(random_seed, "random_seed", least=0, most=2**63 - 1),
        made_on=made_on or date.today(),
    )
    return Brief(findings=gather_findings(posterior, asked, lambda _: None))
