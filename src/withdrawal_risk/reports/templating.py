"""The templates of pages, and what they know besides what they are given."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

__all__ = ["filled", "template_text"]

_DATE: Final = re.compile(r"(?<!\d)(\d{4}-\d{2}(?:\d{2}|-\d{2})?)(?!\d)")
"""A month, a day, or two years."""


def _with_whole_months(text: str) -> Markup:
    """Return text as HTML in which a date, or two years, stays in one piece, with its parts in order."""
    # Escaped before the spans are added, and marked as HTML after: otherwise the template would
    # escape the spans too.
    return Markup(_DATE.sub(r'<span class="whole">\1</span>', str(escape(text))))


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
    return environment.get_template(name).render(**values)
