"""The shape of a network that somebody drew elsewhere: factors and edges, without numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.base import IDENTIFIER, RESERVED
from withdrawal_risk.errors import ArgumentError, FileProblem, ModelFileError
from withdrawal_risk.exchange.formats.dagitty_reading import read_dagitty
from withdrawal_risk.files import path_of
from withdrawal_risk.model.table_file import TableReader
from withdrawal_risk.model.text_file import read_text, unseen_character

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Sketch", "SketchEdge", "sketch_of"]

MOST_NODES: Final = 300
"""Factors of a sketch that are read at most: each has half a dozen questions."""

_SIGNS: Final[Mapping[str, Literal[1, -1]]] = {
    **dict.fromkeys(("+", "1", "+1", "1.0", "positive", "pos", "raises"), 1),
    **dict.fromkeys(("-", "−", "-1", "-1.0", "negative", "neg", "lowers"), -1),
}

_WORDS_OF_YAML: Final = frozenset({"null", "true", "false"})

_EDGE_COLUMNS: Final = ("from", "to", "sign", "lag", "why")


@dataclass(frozen=True, kw_only=True)
class SketchEdge:
    """An edge of a sketch.

    Parameters
    ----------
    cause, effect : str
        Ids.
    sign : {1, -1}, optional
    lag : int
    why : str
        Empty where nothing is said.
    """

    cause: str
    effect: str
    sign: Literal[1, -1] | None = None
    lag: int = 0
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """Factors and edges.

    Parameters
    ----------
    labels : mapping of str to str
        By id, in the order in which the source names them.
    edges : tuple of SketchEdge
    closing : frozenset of (str, str)
        Edges in cycles, of which one at least needs a lag.
    left_out : tuple of str
        Edges from a factor to itself: how it depends on its own past is its half-life.
    """

    labels: Mapping[str, str]
    edges: tuple[SketchEdge, ...] = ()
    closing: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    left_out: tuple[str, ...] = ()


def sketch_of(source: nx.DiGraph | str | Path) -> Sketch:
    """Read a sketch.

    Parameters
    ----------
    source : networkx.DiGraph, str or Path
        A graph; a text of dagitty, which begins with ``dag``; or a file: dagitty, GraphML (by its
        name's end ``.graphml``) or CSV with the columns ``from`` and ``to``.

    Raises
    ------
    ArgumentError
        If it is none of these, or has no factors or too many.
    ModelFileError
        If a file is at fault.
    """
    if isinstance(source, str) and source.lstrip().startswith("dag"):
        return _sketch(*read_dagitty(source, "dagitty"))
    if not isinstance(source, str | Path):
        if not (hasattr(source, "nodes") and hasattr(source, "edges")):
            raise ArgumentError(
                f"source is {quoted(source)}; give a networkx.DiGraph, a text of dagitty, or a file"
            )
        return _of_graph(source)
    path = path_of(source, "source")
    readers: dict[str, Callable[[Path], Sketch]] = {".graphml": _of_graphml, ".csv": _of_table}
    return readers.get(path.suffix.lower(), _of_dagitty_file)(path)


def _of_dagitty_file(path: Path) -> Sketch:
    return _sketch(*read_dagitty(_clean(path), str(path)))


def _clean(path: Path) -> str:
    """Return the text of a file without characters that nobody sees."""
    text = read_text(path, str(path)).text
    if (fault := unseen_character(text, str(path))) is not None:
        raise ModelFileError([fault])
    return text


def _of_graphml(path: Path) -> Sketch:
    """Read GraphML."""
    from xml.etree.ElementTree import ParseError

    import networkx as nx

    text = _clean(path)
    # An entity could stand for a file, or for more text than fits into memory.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        problem = FileProblem(str(path), 1, 1, "", "a document type; remove it, none is read")
        raise ModelFileError([problem])
    try:
        graph = nx.parse_graphml(text)
    except (ParseError, nx.NetworkXError, KeyError, ValueError, TypeError, AttributeError) as error:
        message = f"not readable GraphML: {' '.join(str(error).split())[:120]}; export it again"
        raise ModelFileError([FileProblem(str(path), 1, 1, "", message)]) from None
    return _of_graph(graph)


def _of_graph(graph: Any) -> Sketch:
    """Read a graph of networkx; what has a direction is read, and labels, signs and lags."""
    if not graph.is_directed():
        raise ArgumentError("source is an undirected graph; draw arrows from cause to effect")
    names = {
        str(node): str(data.get("label_en") or data.get("label") or data.get("name") or node)
        for node, data in graph.nodes(data=True)
    }
    edges = [
        (
            str(a),
            str(b),
            str(data.get("sign", "")),
            str(data.get("lag", "")),
            str(data.get("why", "")),
        )
        for a, b, data in graph.edges(data=True)
    ]
    return _sketch(names, edges)


def _of_table(path: Path) -> Sketch:
    """Read a table of edges."""
    reader = TableReader(str(path), _EDGE_COLUMNS, optional=("sign", "lag", "why"))
    names, edges = dict[str, str](), []
    for row in reader.rows(_clean(path)):
        for column in ("from", "to"):
            if not row[column]:
                reader.refuse(column, "is empty; name a factor")
            names.setdefault(row[column], row[column])
        if row["sign"] and row["sign"].lower() not in _SIGNS:
            reader.refuse("sign", f"{quoted(row['sign'])} is not a sign; write + or -")
        if row["lag"] and not row["lag"].isdecimal():
            reader.refuse("lag", f"{quoted(row['lag'])} is not a number of months; write 0, 1, 2")
        edges.append(tuple(row[column] for column in _EDGE_COLUMNS))
    if reader.problems:
        raise ModelFileError(reader.problems)
    return _sketch(names, edges)


def _sketch(names: Mapping[str, str], edges: Iterable[tuple[str, ...]]) -> Sketch:
    """Return a sketch of names and labels, and of edges as texts."""
    import networkx as nx

    if not names or len(names) > MOST_NODES:
        raise ArgumentError(f"source has {len(names)} factors; draw 1 to {MOST_NODES}")
    ids = _ids(names)
    made: dict[tuple[str, str], SketchEdge] = {}
    left_out: list[str] = []
    for cause, effect, *rest in edges:
        sign, lag, why = (*rest, "", "", "")[:3]
        # How a factor depends on its own past is its half-life.
        if cause == effect:
            left_out.append(f"{ids[cause]} -> {ids[effect]}")
        elif (ids[cause], ids[effect]) in made:
            raise ArgumentError(f"{quoted(cause)} -> {quoted(effect)} is drawn twice; keep one")
        else:
            made[ids[cause], ids[effect]] = SketchEdge(
                cause=ids[cause],
                effect=ids[effect],
                sign=_SIGNS.get(sign.lower()),
                lag=int(lag) if lag.isdecimal() else 0,
                why=why,
            )
    now = nx.DiGraph([pair for pair, edge in made.items() if edge.lag == 0])
    together = [part for part in nx.strongly_connected_components(now) if len(part) > 1]
    closing = {
        (a, b) for (a, b), edge in made.items()
        if edge.lag == 0 and any({a, b} <= part for part in together)
    }  # fmt: skip
    labels = {ids[name]: label for name, label in names.items()}
    return Sketch(
        labels=labels,
        edges=tuple(made.values()),
        closing=frozenset(closing),
        left_out=tuple(left_out),
    )


def _ids(names: Iterable[str]) -> dict[str, str]:
    """Return an id of a model file for each name, all different."""
    ids: dict[str, str] = {}
    for name in names:
        # Letters without their accents.
        letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = re.sub(r"[^a-z0-9]+", "_", letters.lower()).strip("_")[:50]
        if not IDENTIFIER.fullmatch(plain) or plain in RESERVED or plain in _WORDS_OF_YAML:
            plain = f"factor_{plain or len(ids) + 1}"
        number, chosen = 2, plain
        while chosen in ids.values():
            chosen, number = f"{plain}_{number}", number + 1
        ids[name] = chosen
    return ids
