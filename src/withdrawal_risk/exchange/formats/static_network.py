"""A discrete Bayesian network that no format owns: what its writers write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Row", "StaticNetwork", "StaticNode", "number_text"]

DIGITS: Final = 12
"""Decimals of a probability in a file."""

Array = NDArray[np.float64]


class Row(NamedTuple):
    """The probabilities of a node's states for one combination of its parents' states.

    Parameters
    ----------
    given : tuple of str
        A state of each parent, in the order of the parents.
    probability : ndarray, shape (state,)
        As it is written: rounded, and adding up to 1.
    interval : ndarray, shape (state, 2), optional
    """

    given: tuple[str, ...]
    probability: Array
    interval: Array | None


@dataclass(frozen=True, kw_only=True, eq=False)
class StaticNode:
    """A node and its table.

    Parameters
    ----------
    id : str
    label : str
        Its name for people.
    states : tuple of str
        Their ids, the lowest first.
    table : ndarray, shape (state of the first parent, ..., state of the last parent, state)
        Adding up to 1 over its last axis.
    parents : tuple of str
        In the order of the axes.
    interval : ndarray, shape (..., 2), optional
        Lower and upper end of every cell.
    role : str
    position : tuple of float
        Column and row of a drawing, from 0.
    """

    id: str
    label: str
    states: tuple[str, ...]
    table: Array
    parents: tuple[str, ...] = ()
    interval: Array | None = None
    role: str = "driver"
    position: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True, kw_only=True, eq=False)
class StaticNetwork:
    """Nodes in an order in which parents come first.

    Parameters
    ----------
    id : str
    title : str
        For people.
    nodes : tuple of StaticNode
    about : mapping of str to str
        Where its numbers come from; columns of a table of cells.
    notes : tuple of str
        What the network cannot say, a sentence each; every format writes them.

    Raises
    ------
    ValueError
        If a table does not fit the states of its node and of its parents, or does not add up to 1.
    """

    id: str
    title: str
    nodes: tuple[StaticNode, ...]
    about: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        before: dict[str, int] = {}
        for node in self.nodes:
            if not {*node.parents} <= before.keys():
                raise ValueError(f"{node.id}: a parent stands after it, or nowhere")
            shape = (*(before[parent] for parent in node.parents), len(node.states))
            if node.table.shape != shape:
                raise ValueError(f"{node.id}: the table has shape {node.table.shape}, not {shape}")
            if not np.allclose(node.table.sum(axis=-1), 1.0, atol=1e-9) or node.table.min() < 0:
                raise ValueError(f"{node.id}: a row of the table does not add up to 1")
            before[node.id] = len(node.states)

    def rows(self, node: StaticNode) -> Iterator[Row]:
        """Yield the rows of a node's table, the state of the last parent changing fastest."""
        states = {other.id: other.states for other in self.nodes}
        table = _adding_up(node.table.reshape(-1, len(node.states)))
        interval = None if node.interval is None else node.interval.reshape(-1, len(node.states), 2)
        for place, given in enumerate(product(*(states[parent] for parent in node.parents))):
            yield Row(given, table[place], None if interval is None else interval[place])


def _adding_up(table: Array) -> Array:
    """Round probabilities so that the written digits of every row add up to 1 exactly."""
    unit = 10**DIGITS
    whole = np.rint(table * unit).astype(np.int64)
    # What rounding took or gave is made up in the largest cell, where it matters least.
    whole[np.arange(len(whole)), whole.argmax(axis=1)] += unit - whole.sum(axis=1)
    return whole / unit


def number_text(probability: float) -> str:
    """Return a probability in plain digits, without an exponent."""
    text = f"{probability:.{DIGITS}f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text
