"""A model as a file that other programs read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from withdrawal_risk.arguments import chosen, month_of, number, whole_number
from withdrawal_risk.characters import quoted
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.formats.bif import bif_text
from withdrawal_risk.exchange.formats.dagitty import dagitty_text
from withdrawal_risk.exchange.formats.diagram import Diagram
from withdrawal_risk.exchange.formats.dot import dot_text
from withdrawal_risk.exchange.formats.graphml import graphml_bytes
from withdrawal_risk.exchange.formats.mermaid import mermaid_text
from withdrawal_risk.exchange.formats.static_network import StaticNetwork
from withdrawal_risk.exchange.formats.tidy import cell_table
from withdrawal_risk.exchange.formats.xdsl import xdsl_bytes
from withdrawal_risk.files import check_target, path_of, table_bytes, write_bytes
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language import checked_language
from withdrawal_risk.model.library import Model
from withdrawal_risk.queries.causal_diagram import causal_diagram
from withdrawal_risk.queries.defaults import CI_PROB
from withdrawal_risk.queries.static_network import static_network

__all__ = ["DRAWINGS", "TABLES", "export", "format_of"]

DRAWINGS: Final[Mapping[str, Callable[[Diagram], bytes]]] = {
    "graphml": graphml_bytes,
    "mermaid": lambda diagram: mermaid_text(diagram).encode(),
    "dot": lambda diagram: dot_text(diagram).encode(),
    "dagitty": lambda diagram: dagitty_text(diagram).encode(),
}
"""Formats of the network's shape, which need no fit."""

TABLES: Final[Mapping[str, Callable[[StaticNetwork], bytes]]] = {
    "bif": lambda network: bif_text(network).encode(),
    "xdsl": xdsl_bytes,
    "csv": lambda network: table_bytes(cell_table(network), ".csv"),
    "parquet": lambda network: table_bytes(cell_table(network), ".parquet"),
}
"""Formats of the static network, with its numbers."""

_SUFFIXES: Final = {
    ".bif": "bif",
    ".xdsl": "xdsl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".graphml": "graphml",
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".dagitty": "dagitty",
}


def format_of(path: Path, format: str | None) -> str:
    """Return the format that is asked for, or that the name of a file stands for.

    Raises
    ------
    ArgumentError
        If there is no such format, or the name stands for none.
    """
    formats = (*TABLES, *DRAWINGS)
    if format is not None:
        return str(chosen(format, "format", formats))
    if path.suffix.lower() not in _SUFFIXES:
        raise ArgumentError(
            f"{quoted(path.name)} ends in none of {', '.join(_SUFFIXES)}; name the file so, or say "
            f"format, one of {', '.join(formats)}"
        )
    return _SUFFIXES[path.suffix.lower()]


def export(
    source: Model | Posterior,
    path: str | os.PathLike[str],
    *,
    format: str | None = None,
    levels: int = 5,
    month: Any = None,
    ci_prob: float = CI_PROB,
    lang: str = "en",
) -> Path:
    """Write a model for other programs: as a static Bayesian network, or as a drawing.

    A static network has a table for every factor: the probability of each of its levels at rest
    while its parents are held at theirs, as in `implied_table`. It knows no time and no
    uncertainty of its own numbers; the file says so, and what else it cannot say.

    Parameters
    ----------
    source : Model or Posterior
        Of a model the numbers are those at the prior means, without intervals.
    path : str or os.PathLike
        The file appears whole or not at all. Its ending says the format: a static network is
        ``.bif``, ``.xdsl`` (GeNIe), or ``.csv`` and ``.parquet`` with one row a cell; a drawing is
        ``.graphml``, ``.mmd`` (mermaid), ``.dot`` or ``.dagitty``.
    format : str, optional
        ``bif``, ``xdsl``, ``csv``, ``parquet``, ``graphml``, ``mermaid``, ``dot`` or ``dagitty``.
        Default: by the ending.
    levels : {5, 3}
        Of each node of a static network. Of three, the lowest and the highest join two of the five.
    month : str or Month, optional
        In which policies have their value and, in a fit, factors without parents their law.
        Default: the ``as_of``.
    ci_prob : float
        Of the intervals of cells and of weights over draws.
    lang : {"en", "ar"}
        Of labels and of what the file says of itself.

    Returns
    -------
    pathlib.Path
        The file that was written.

    Raises
    ------
    ArgumentError
        For an unknown format, a month that is not known, or a table that would be too large.
    WithdrawalRiskError
        If the file cannot be written.

    Examples
    --------
    >>> wr.export(posterior, folder / "small.bif", levels=3).name
    'small.bif'
    >>> wr.export(posterior.model, folder / "small.dot").name
    'small.dot'
    """
    model_of(source, "export")
    target = path_of(path)
    kind = format_of(target, format)
    if whole_number(levels, "levels", least=3, most=5) == 4:
        raise ArgumentError("levels is 4; choose 5 or 3")
    ci_prob = number(ci_prob, "ci_prob", above=0, below=1)
    checked_language(lang)
    when = source.as_of if month is None else month_of(month, "month")
    check_target(target)
    if kind in DRAWINGS:
        content = DRAWINGS[kind](causal_diagram(source, ci_prob=ci_prob, lang=lang))
    else:
        network = static_network(source, levels=levels, month=when, ci_prob=ci_prob, lang=lang)
        content = TABLES[kind](network)
    write_bytes(target, content)
    return target
