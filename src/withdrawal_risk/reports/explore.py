"""The live part of the report by itself: in a notebook, or as a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from markupsafe import Markup

from withdrawal_risk.arguments import whole_number
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior, checked_posterior
from withdrawal_risk.language import checked_language, words_of
from withdrawal_risk.reports.live.part import DRAWS, live_part
from withdrawal_risk.reports.palette import colour_rules
from withdrawal_risk.reports.security import policy
from withdrawal_risk.reports.templating import filled, template_text

__all__ = ["Explorer", "explore"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Explorer:
    """A page that answers questions, which a notebook shows in a frame.

    Parameters
    ----------
    html : str
        The whole page; it needs neither a server nor a connection.
    height : int
        Of the frame, in pixels.

    Examples
    --------
    >>> page = wr.explore(posterior)
    >>> page._repr_html_()[:27]
    '<iframe sandbox="allow-scri'
    """

    html: str = field(repr=False)
    height: int
    title: str

    def _repr_html_(self) -> str:
        """Show the page in a frame that may run its script and nothing else."""
        return (
            f'<iframe sandbox="allow-scripts" title="{escape(self.title)}" width="100%" '
            f'height="{self.height}" srcdoc="{escape(self.html)}"></iframe>'
        )


def explore(
    posterior: Posterior,
    *,
    lang: str = "en",
    draws: int = DRAWS,
    height: int = 900,
    random_seed: int = 1,
) -> Explorer:
    """Return a page on which the model can be asked: what if factors, policies or effects change.

    The page computes the answers itself, on some of the draws, by the equation of the library.

    Parameters
    ----------
    posterior : Posterior
    lang : {"en", "ar"}
    draws : int
        Evenly spaced draws that the page has; each has 16 futures.
    height : int
        Of the frame in a notebook, in pixels.
    random_seed : int
        Of the futures.

    Returns
    -------
    Explorer
        A notebook shows it; ``html`` is the page as text.

    Raises
    ------
    ArgumentError
        For another language, an argument out of range, or a model none of whose conditions can be
        evaluated in a page.

    Examples
    --------
    >>> page = wr.explore(posterior, lang="ar", draws=200)
    >>> 'dir="rtl"' in page.html
    True
    """
    checked_posterior(posterior, "explore")
    words = words_of(checked_language(lang))
    draws = whole_number(draws, "draws", least=20, most=10_000)
    height = whole_number(height, "height", least=200, most=10_000)
    random_seed = whole_number(random_seed, "random_seed", least=0, most=2**63 - 1)
    part = live_part(posterior, draws, random_seed=random_seed, languages=[lang])
    if part is None:
        raise ArgumentError(
            "no condition of this model can be evaluated in a page, because each reads an "
            "indicator of a family without a form there; ask with do and observe"
        )
    style = template_text("page.css") + colour_rules() + part.style
    title = posterior.model.spec.title[lang]
    html = filled(
        "explore.html",
        lang=lang,
        direction=words.direction,
        title=title,
        policy=policy(style, part.script, workers=True),
        style=Markup(style),
        script=Markup(part.script),
        json=Markup(part.json),
    )
    return Explorer(html=html, height=height, title=title)
