"""GraphML, with everything that the file says of each factor and edge as attributes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from withdrawal_risk.exchange.formats.diagram import Arrow, Box, Diagram

__all__ = ["graphml_bytes"]


def graphml_bytes(diagram: Diagram) -> bytes:
    """Return a diagram as GraphML, as networkx, Gephi and yEd read it.

    Parameters
    ----------
    diagram : Diagram
    """
    import networkx as nx

    graph: nx.DiGraph = nx.DiGraph(
        id=diagram.id, title=diagram.title, notes="\n".join(diagram.notes)
    )
    for box in diagram.boxes:
        graph.add_node(box.id, **_of_box(box))
    for arrow in diagram.arrows:
        graph.add_edge(arrow.cause, arrow.effect, **_of_arrow(arrow))
    written = BytesIO()
    # The writer on the standard library's XML, so that a file does not hang on what is installed.
    nx.write_graphml_xml(graph, written)
    return written.getvalue()


def _of_box(box: Box) -> dict[str, Any]:
    said: dict[str, Any] = {f"label_{lang}": text for lang, text in box.labels.items()}
    said |= {"role": box.role, "worse": box.worse}
    if box.half_life is not None:
        said |= {"half_life_p5": box.half_life[0], "half_life_p95": box.half_life[1]}
    if box.units is not None:
        said |= {f"unit_{lang}": text for lang, text in box.units.items()}
    return said | {"x": float(box.position[0]), "y": float(box.position[1])}


def _of_arrow(arrow: Arrow) -> dict[str, Any]:
    said: dict[str, Any] = {
        "sign": arrow.sign,
        "word": arrow.word,
        "p5": arrow.p5,
        "p95": arrow.p95,
        "mean": arrow.mean,
    }
    if arrow.interval is not None:
        said |= {"lower": arrow.interval[0], "upper": arrow.interval[1]}
    return said | {
        "lag": arrow.lag,
        "closes_cycle": arrow.closes_cycle,
        "basis": "\n".join(arrow.basis),
        "why": arrow.why,
    }
