"""Mermaid, which Markdown pages draw."""

from __future__ import annotations

from typing import Final

from withdrawal_risk.exchange.formats.diagram import Diagram

__all__ = ["mermaid_text"]

_ENTITIES: Final = str.maketrans(
    {character: f"#{ord(character)};" for character in '"#&<>`\\|{}[]()%;'}
)
"""Characters that mermaid could take for its own, inside quotes too, and how it writes them."""

_COMMENTED: Final = str.maketrans("{}%", "()/")
"""In a comment braces and two per cent signs would be an instruction."""


def mermaid_text(diagram: Diagram) -> str:
    """Return a diagram as a mermaid flowchart; dotted red arrows are effects that lower.

    Parameters
    ----------
    diagram : Diagram
    """
    lines = ["flowchart LR"]
    lines += [f"    %% {' '.join(note.translate(_COMMENTED).split())}" for note in diagram.notes]
    for box in diagram.boxes:
        left, right = ("[[", "]]") if box.role == "policy" else ("[", "]")
        # Ids such as "end" are words of mermaid, hence the letter before each.
        lines.append(f'    n_{box.id}{left}"{_quoted(diagram.label(box))}"{right}')
    for arrow in diagram.arrows:
        line = "-->" if arrow.sign > 0 else "-.->"
        caption = _quoted(arrow.caption)
        lines.append(f'    n_{arrow.cause} {line}|"{caption}"| n_{arrow.effect}')
    lowering = [str(place) for place, arrow in enumerate(diagram.arrows) if arrow.sign < 0]
    if lowering:
        lines.append(f"    linkStyle {','.join(lowering)} stroke:#b2182b")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return " ".join(text.split()).translate(_ENTITIES)
