"""Where the nodes and edges of a network stand: layers by a library, places within the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import networkx as nx
import numpy as np
from fast_sugiyama import from_edges
from scipy.optimize import linprog
from scipy.sparse import lil_array

from withdrawal_risk.model.network import acyclic

__all__ = ["Placed", "crossings", "placed"]

Edge = tuple[str, str]
Point = tuple[float, float]

_RANKINGS: Final = ("original", "minimize", "up", "down")
_SORTINGS: Final = ("barycenter", "median")

_STRAIGHT: Final = (1.0, 3.0, 8.0)
"""How much a piece of an edge is kept straight, by how many of its ends are bends and not nodes."""


class Placed(NamedTuple):
    """A network with places.

    Parameters
    ----------
    layers : list of list of str
        The nodes, causes first, each layer from left to right.
    x : dict of str to float
        The middle of every node.
    bends : dict of (str, str) to list of float
        Where each edge passes the layers between its two nodes, from its upper node to its lower.
    back : frozenset of (str, str)
        Edges that run upwards, because they close a loop of feedback.
    width : float
    """

    layers: list[list[str]]
    x: dict[str, float]
    bends: dict[Edge, list[float]]
    back: frozenset[Edge]
    width: float


def placed(graph: nx.DiGraph, *, width: float, node: float, gap: float, lane: float) -> Placed:
    """Place a network in layers, so that few edges cross, and no edge passes through a node.

    Layers and the order within each are those of the Sugiyama method, the best of the variants
    that the library has; places within a layer keep edges as straight as a page of this width
    allows.

    Parameters
    ----------
    graph : networkx.DiGraph
        Its edges have a ``lag``.
    width : float
        Of the page; it grows where a layer does not fit.
    node, gap, lane : float
        The width of a node, the room between two, and the room of an edge that passes between.
    """
    plain = acyclic(graph)
    back = frozenset((a, b) for a, b in graph.edges if not plain.has_edge(a, b))
    # From its upper to its lower node, an edge that runs upwards too.
    down = list(dict.fromkeys((b, a) if (a, b) in back else (a, b) for a, b in graph.edges))
    rows, chains = _ordered(sorted(graph), down)
    x, page = _across(rows, chains, width=width, node=node, gap=gap, lane=lane)
    row_of = {v: k for k, row in enumerate(rows) for v in row}
    layers = [[str(v) for v in row if isinstance(v, str)] for row in rows]
    bends = {}
    for a, b in graph.edges:
        chain = chains[(b, a) if (a, b) in back else (a, b)]
        assert [row_of[v] for v in chain] == list(range(row_of[chain[0]], row_of[chain[-1]] + 1))
        bends[a, b] = [x[v] for v in chain[1:-1]]
    return Placed(layers, {v: x[v] for v in graph}, bends, back, page)


def _ordered(
    names: Sequence[str], edges: Sequence[Edge]
) -> tuple[list[list[str | int]], dict[Edge, list[str | int]]]:
    """Return the rows from the top, bends as numbers among the nodes, and each edge's chain."""
    # The library is given numbers: names would come in an order that differs between runs.
    number = {name: k for k, name in enumerate(names)}
    rows: list[list[str | int]] = []
    chains: dict[Edge, list[str | int]] = {}
    first_free = len(names)
    parts = nx.Graph(edges)
    for part in sorted(map(sorted, nx.connected_components(parts))):
        inside = [(number[a], number[b]) for a, b in edges if a in parts and a in set(part)]
        best: tuple[int, list[list[int]], list[tuple[int, int]]] | None = None
        for ranking in _RANKINGS:
            for sorting in _SORTINGS:
                layouts: Any = from_edges(
                    inside,
                    ranking_type=ranking,
                    crossing_minimization=sorting,
                    dummy_vertices=True,
                )
                ((positions, _, _, pieces),) = layouts
                found = _rows_of(positions)
                count = crossings(found, pieces)
                if best is None or count < best[0]:
                    best = count, found, list(pieces)
        assert best is not None
        _, found, pieces = best
        # Bends of different parts have numbers of their own.
        shift = first_free - len(names)
        named = {v: names[v] if v < len(names) else v + shift for row in found for v in row}
        first_free = max([first_free - 1, *(v for v in named.values() if isinstance(v, int))]) + 1
        rows += [[named[v] for v in row] for row in found]
        chains |= _chains([(named[a], named[b]) for a, b in pieces])
    alone = [name for name in names if name not in parts]
    rows += [list(alone[k : k + 4]) for k in range(0, len(alone), 4)]
    return rows, chains


def _rows_of(positions: Sequence[tuple[int, Point]]) -> list[list[int]]:
    """Return the nodes row by row; the highest, which causes are in, comes first."""
    rows = defaultdict(list)
    for v, (x, y) in positions:
        rows[y].append((x, v))
    return [[v for _, v in sorted(rows[y])] for y in sorted(rows, reverse=True)]


def _chains(pieces: Sequence[tuple[str | int, str | int]]) -> dict[Edge, list[str | int]]:
    """Return the way of every edge over its bends."""
    after = {a: b for a, b in pieces if isinstance(a, int)}
    chains: dict[Edge, list[str | int]] = {}
    for a, b in pieces:
        if isinstance(a, int):
            continue
        way: list[str | int] = [a, b]
        while not isinstance(way[-1], str):
            way.append(after[way[-1]])
        chains[a, way[-1]] = way
    return chains


def crossings(rows: Sequence[Sequence[object]], pieces: Sequence[tuple[object, object]]) -> int:
    """Count the crossings of pieces between neighbouring rows."""
    at = {v: (k, place) for k, row in enumerate(rows) for place, v in enumerate(row)}
    between = defaultdict(list)
    for a, b in pieces:
        between[at[a][0]].append((at[a][1], at[b][1]))
    return sum(
        (p[0] - q[0]) * (p[1] - q[1]) < 0
        for several in between.values()
        for k, p in enumerate(several)
        for q in several[:k]
    )


def _across(
    rows: Sequence[Sequence[str | int]],
    chains: Mapping[Edge, Sequence[str | int]],
    *,
    width: float,
    node: float,
    gap: float,
    lane: float,
) -> tuple[dict[str | int, float], float]:
    """Return where everything stands across the page, with edges as straight as it allows."""

    def half(v: str | int) -> float:
        return node / 2 if isinstance(v, str) else lane / 2

    def apart(a: str | int, b: str | int) -> float:
        return half(a) + half(b) + (gap if isinstance(a, str) and isinstance(b, str) else 0.0)

    need = [
        half(row[0]) + sum(apart(a, b) for a, b in pairwise(row)) + half(row[-1]) for row in rows
    ]
    page = max([width, *need])
    names = [v for row in rows for v in row]
    place = {v: k for k, v in enumerate(names)}
    pieces = list(dict.fromkeys(piece for chain in chains.values() for piece in pairwise(chain)))
    near = [(a, b) for row in rows for a, b in pairwise(row)]
    # Minimise the sum of weighted distances |x_a - x_b|, each bounded by a variable of its own.
    count, several = len(names), len(pieces)
    cost = np.zeros(count + several)
    bound = lil_array((2 * several + len(near), count + several))
    limit = np.zeros(2 * several + len(near))
    for k, (a, b) in enumerate(pieces):
        cost[count + k] = _STRAIGHT[isinstance(a, int) + isinstance(b, int)]
        for line, sign in ((2 * k, 1.0), (2 * k + 1, -1.0)):
            bound[line, place[a]], bound[line, place[b]] = sign, -sign
            bound[line, count + k] = -1.0
    for k, (a, b) in enumerate(near, start=2 * several):
        bound[k, place[a]], bound[k, place[b]] = 1.0, -1.0
        limit[k] = -apart(a, b)
    limits = [(half(v), page - half(v)) for v in names] + [(0.0, None)] * several
    found = linprog(cost, A_ub=bound.tocsr(), b_ub=limit, bounds=limits, method="highs")
    return dict(zip(names, found.x[:count].tolist(), strict=True)), page
