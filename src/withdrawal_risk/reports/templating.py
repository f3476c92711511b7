"""The templates of pages, and what they know besides what they are given."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

_OPPOSITE: Final = {
    "ltr": re.compile(r"[\u0590-\u08ff\ufb1d-\ufeff]"),
    "rtl": re.compile(r"[A-Za-z\u00c0-\u024f]"),
}
"""Letters that run against a page."""


__all__ = ["filled", "template_text"]

_DATE: Final = re.compile(r"(?<!\d)(\d{4}-\d{2}(?:\d{2}|-\d{2})?)(?!\d)")
"""A month, a day, or two years."""


def _with_whole_months(text: str) -> Markup:
    """Return text as HTML in which a date, or two years, stays in one piece and in order."""
    # Escaped before the elements are added, and marked as HTML after: otherwise the template would
    # escape them too.
    return Markup(_DATE.sub(lambda found: _in_one_piece(found[1]), str(escape(text))))


def _in_one_piece(when: str) -> str:
    try:
        date.fromisoformat(f"{when}-01" if len(when) == len("2025-08") else when)
    except ValueError:
        # Two years, or what no calendar has.
        return f'<span class="whole">{when}</span>'
    return f"<time>{when}</time>"


def _isolated(text: str, direction: str) -> Markup:
    """Return text as HTML that does not mix with what stands around it, whichever way it runs."""
    whole = _with_whole_months(text)
    return whole if _OPPOSITE[direction].search(text) is None else Markup(f"<bdi>{whole}</bdi>")


def template_text(name: str) -> str:
    """Return a style sheet or script that stands beside the templates."""
    return (files("withdrawal_risk.reports") / "templates" / name).read_text(encoding="utf-8")


def filled(name: str, **values: Any) -> str:
    """Return a page: a template with its values filled in.

    Labels, notes and sources come from a model's files and may hold characters that mean something
    in HTML, so all are escaped. A name that the template misses is an error and not an empty place.
    """
    environment = Environment(
        loader=PackageLoader("withdrawal_risk.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["whole"] = _with_whole_months
    environment.filters["isolated"] = _isolated
    return environment.get_template(name).render(**values)
