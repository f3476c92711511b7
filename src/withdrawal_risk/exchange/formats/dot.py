"""DOT, which Graphviz draws."""

from __future__ import annotations

from withdrawal_risk.exchange.formats.diagram import Diagram

__all__ = ["dot_text"]


def dot_text(diagram: Diagram) -> str:
    """Return a diagram in DOT; red dashed arrows with a bar are effects that lower.

    Parameters
    ----------
    diagram : Diagram
    """
    lines = [f"// {' '.join(note.split())}" for note in diagram.notes]
    lines += [
        f"digraph {_quoted(diagram.id)} {{",
        f"  graph [label={_quoted(diagram.title)}, rankdir=LR];",
    ]
    for box in diagram.boxes:
        shape = "box" if box.role == "policy" else "ellipse"
        label = _quoted(diagram.label(box))
        lines.append(f"  {_quoted(box.id)} [label={label}, shape={shape}];")
    for arrow in diagram.arrows:
        look = (
            'color="#2166ac", style=solid, arrowhead=normal'
            if arrow.sign > 0
            else 'color="#b2182b", style=dashed, arrowhead=tee'
        )
        lines.append(
            f"  {_quoted(arrow.cause)} -> {_quoted(arrow.effect)} "
            f"[label={_quoted(arrow.caption)}, {look}];"
        )
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    """Return text in quotes, in which DOT knows two escapes."""
    plain = " ".join(text.split())
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
