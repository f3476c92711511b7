"""Figures as inline SVG: real text, colours that follow the page, no inline style."""

from __future__ import annotations

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from withdrawal_risk.plots.style import LabelledFigure
from withdrawal_risk.reports.palette import THEMED
from withdrawal_risk.reports.paths import short_path

__all__ = ["inline_svg"]

_SVG: Final = "{http://www.w3.org/2000/svg}"
_LINK: Final = "{http://www.w3.org/1999/xlink}href"

_NUMBER: Final = re.compile(r"-?\d+\.\d{2,}")
"""A number with more decimals than a screen can show; a unit of the drawing is a pixel."""

_REFERENCE: Final = re.compile(r"(?<=#)[\w.-]+")

_STANDING: Final = re.compile(r"rotate\(-?0( [-\d.]+)*\)")
"""A turn by nothing."""

_USUAL: Final = {
    "stroke-width": "1",
    "stroke-linecap": "square",
    "text-anchor": "start",
    "font-size": "9",
    "stroke-dashoffset": "0",
}
"""What the style sheet of the page says of all figures, or makes no difference to be seen."""

_SHARED: Final = ("clip-path", "class", "fill", "stroke-width", "text-anchor", "font-size")
"""What a group can say for all that it holds. Opacity is not among them: that of a group is another
thing than that of its parts."""

_FEWEST: Final = 3
"""Elements in a row for which a group is shorter."""

_CONTAINERS: Final = ("g", "defs", "clipPath")


@lru_cache(maxsize=4096)
def _measured(text: str, font: FontProperties, math: Any) -> tuple[float, float, float]:
    """Return width, height and descent of a line of text."""
    width, height, descent = text_to_path.get_text_width_height_descent(text, font, math)
    return float(width), float(height), float(descent)


class _Renderer(RendererSVG):
    """Writes a figure, and measures a text once for its layout and all figures with the same."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        """Return the size of a text."""
        # Fonts can be changed, and then would be another key.
        return _measured(s, prop.copy(), ismath)


class _Canvas(FigureCanvasSVG):
    """Gives a layout what the figure is written with."""

    def get_renderer(self) -> _Renderer:
        """Return what a layout measures with."""
        return _Renderer(1, 1, io.StringIO())


def inline_svg(figure: Figure, name: str, description: str) -> Markup:
    """Return a figure as an SVG element for the inside of a page.

    Style attributes become attributes of the drawing, which a Content-Security-Policy does not
    forbid, and colours of the theme become classes, ``f1f4e79`` for a fill and ``s1f4e79`` for a
    stroke, to which the page's style sheet gives its own; other colours stay.

    Parameters
    ----------
    figure : Figure
    name : str
        Begins every id, so that ids of several figures on one page differ.
    description : str
        What the figure shows, for people who cannot see it.
    """
    root = ET.fromstring(_svg(figure, name))
    _without_empty(root)
    used = {
        reference
        for element in root.iter()
        for value in element.attrib.values()
        for reference in _REFERENCE.findall(value)
    }
    named = (element.get("id") for element in root.iter())
    ids = {old: f"{name}-{k}" for k, old in enumerate(old for old in named if old in used)}
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        _attributes(element, ids)
    _without_frames(root)
    for key in _SHARED:
        _in_groups(root, key)
    width, height = (float(size) for size in root.get("viewBox", "0 0 1 1").split()[2:])
    root.attrib = {
        "viewBox": root.get("viewBox", ""),
        # Up, because a figure shrunk to whole pixels has smaller texts than it was drawn with.
        "width": str(math.ceil(width)),
        "height": str(math.ceil(height)),
        "role": "img",
        "aria-label": description,
    }
    return Markup(ET.tostring(root, encoding="unicode"))


def _svg(figure: Figure, name: str) -> str:
    """Return a figure as Matplotlib writes it."""
    buffer, pixels = io.StringIO(), _Canvas(figure).fixed_dpi
    # A layout measures texts, which must have the size that they will be written in.
    figure.set_dpi(pixels)
    for patch in (figure.patch, *(axis.patch for axis in figure.axes)):
        patch.set(facecolor="none", edgecolor="none")
    # A fixed salt and no date, so that the same figure gives the same text.
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        if isinstance(figure, LabelledFigure):
            figure.lay_out()
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        width, height = figure.get_size_inches() * pixels
        renderer = _Renderer(width, height, buffer, image_dpi=pixels, metadata=metadata)
        figure.draw(renderer)
        renderer.finalize()
    return buffer.getvalue()


def _without_empty(root: ET.Element) -> None:
    """Take away metadata, style sheets, and groups that hold nothing."""
    for parent in list(root.iter()):
        for child in list(parent):
            kind = child.tag.removeprefix(_SVG)
            if kind in ("metadata", "style") or not isinstance(child.tag, str):
                parent.remove(child)
    # From the inside, because a group may hold empty groups only.
    for parent in reversed(list(root.iter())):
        for child in list(parent):
            empty = not len(child) and not (child.text or "").strip()
            if empty and child.tag.removeprefix(_SVG) in _CONTAINERS:
                parent.remove(child)
        parent.text = (parent.text or "").strip() or None
        parent.tail = None


def _without_frames(parent: ET.Element) -> None:
    """Take away frames that show nothing, and replace groups that say nothing by what they hold."""
    for child in list(parent):
        _without_frames(child)
        if child.tag == "path" and dict(child.attrib, d="") == {"d": "", "fill": "none"}:
            parent.remove(child)
        elif child.tag == "g" and not child.attrib:
            place = list(parent).index(child)
            parent.remove(child)
            for inner in reversed(list(child)):
                parent.insert(place, inner)


def _in_groups(parent: ET.Element, key: str) -> None:
    """Put elements in a row that have the same attribute into a group that has it for them."""
    children = list(parent)
    for child in children:
        _in_groups(child, key)
    for _, run in itertools.groupby(children, lambda child: _said(child, key)):
        members = list(run)
        value = _said(members[0], key)
        if value is None or len(members) < _FEWEST:
            continue
        group = ET.Element("g", {key: value})
        place = list(parent).index(members[0])
        for child in members:
            parent.remove(child)
            del child.attrib[key]
            group.append(child)
        parent.insert(place, group)


def _said(element: ET.Element, key: str) -> str | None:
    """Return an attribute that a group may say for an element."""
    # A frame is laid where its element is moved to, which a group is not.
    moved = key == "clip-path" and "transform" in element.attrib
    return None if moved or element.tag == "defs" else element.get(key)


def _attributes(element: ET.Element, ids: dict[str | None, str]) -> None:
    """Rewrite the attributes of one element."""
    given = dict(element.attrib)
    element.attrib.clear()
    classes = []
    for key, value in [*given.items(), *_style(given.get("style", ""))]:
        if (
            key in ("style", "font-family", "stroke-linejoin")
            or value == ""
            or _USUAL.get(key) == value
        ):
            continue
        if key == "transform" and _STANDING.fullmatch(value):
            continue
        if key == "id":
            if value in ids:
                element.set("id", ids[value])
            continue
        value = _REFERENCE.sub(lambda found: ids.get(found[0], found[0]), value)
        if key in ("fill", "stroke") and value.lower() in THEMED:
            classes.append(f"{key[0]}{value[1:].lower()}")
            continue
        if key == "d":
            value = short_path(value)
        elif key in ("transform", "points", "x", "y", "width", "height", "stroke-width"):
            value = " ".join(_NUMBER.sub(lambda found: _short(found[0]), value).split())
        element.set("href" if key == _LINK else key, value)
    if classes:
        element.set("class", " ".join(classes))


def _short(number: str) -> str:
    return f"{float(number):.1f}".removesuffix(".0")


def _style(text: str) -> Iterator[tuple[str, str]]:
    """Yield the properties of a style attribute as attributes; a font by its parts."""
    for declaration in filter(None, (part.strip() for part in text.split(";"))):
        key, value = (part.strip() for part in declaration.split(":", 1))
        # The page has fonts of its own.
        if key == "font-family":
            continue
        if key != "font":
            yield key, value.removesuffix("px")
            continue
        size = re.search(r"([\d.]+)px", value)
        if size:
            yield "font-size", size[1]
        if "bold" in value or re.search(r"\b[67]00\b", value):
            yield "font-weight", "bold"
        if "italic" in value:
            yield "font-style", "italic"
