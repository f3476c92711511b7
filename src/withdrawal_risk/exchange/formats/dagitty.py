"""The language of dagitty, which finds adjustment sets and testable implications."""

from __future__ import annotations

from typing import Final

from withdrawal_risk.exchange.formats.diagram import Diagram
from withdrawal_risk.exchange.formats.names import without_words

__all__ = ["dagitty_text"]

_TAKEN: Final = ("graph", "node")
"""Words that dagitty refuses as names of variables."""


def dagitty_text(diagram: Diagram) -> str:
    """Return a diagram for dagitty: factors are latent, policies observed.

    Arrows that would close a cycle are left out, because dagitty wants none; the language has no
    comments, so notes are attributes of the graph, which it passes over.

    Parameters
    ----------
    diagram : Diagram
    """
    ids = without_words([box.id for box in diagram.boxes], _TAKEN)
    lines = ["dag {"]
    lines += [f"note{place}={_quoted(note)}" for place, note in enumerate(diagram.notes, start=1)]
    for box in diagram.boxes:
        x, y = box.position
        latent = "" if box.role == "policy" else "latent,"
        label = _quoted(diagram.label(box))
        lines.append(f'{ids[box.id]} [{latent}pos="{x:.3f},{y:.3f}",label={label}]')
    lines += [
        f'{ids[arrow.cause]} -> {ids[arrow.effect]} [sign="{arrow.sign:+d}",lag={arrow.lag}]'
        for arrow in diagram.arrows
        if not arrow.closes_cycle
    ]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    # Before a quote a backslash always escapes, also where it was escaped itself, so none is left.
    plain = " ".join(text.split()).replace("\\", "/")
    return '"' + plain.replace('"', '\\"') + '"'
