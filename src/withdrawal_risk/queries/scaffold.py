"""A new model folder, with a question wherever a judgement is missing."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from withdrawal_risk.arguments import month_of
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import MonthLike
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.exchange.scaffold_text import evidence_text, model_text, readme_text
from withdrawal_risk.exchange.sketch import Sketch, SketchEdge, sketch_of
from withdrawal_risk.files import path_of, write_new
from withdrawal_risk.model.file import MODEL_FILE

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["scaffold"]

_FROM_NOTHING = Sketch(
    labels={"pressure": "Pressure", "capacity": "Capacity", "security_gaps": "Security gaps"},
    edges=(
        SketchEdge(cause="pressure", effect="capacity"),
        SketchEdge(cause="pressure", effect="security_gaps", sign=1),
        SketchEdge(cause="capacity", effect="security_gaps", sign=-1),
    ),
)
"""Three factors to be renamed, so that a blank page shows how everything is written."""


def scaffold(
    path: str | os.PathLike[str],
    *,
    source: nx.DiGraph | str | Path | None = None,
    start: MonthLike | None = None,
    as_of: MonthLike | None = None,
    horizon: MonthLike | None = None,
) -> Path:
    """Write a commented model folder to begin with.

    Every judgement that is missing is a text that begins with ``TODO`` and asks for it; `validate`
    lists them.

    Parameters
    ----------
    path : str or os.PathLike
        The new folder; its name is the id of the model.
    source : networkx.DiGraph, str or Path, optional
        The network: a graph (attributes ``label``, ``sign``, ``lag`` and ``why`` are read), a text
        of dagitty, or a file: dagitty, GraphML, or CSV with the columns ``from`` and ``to`` and, if
        known, ``sign``, ``lag`` and ``why``. Default: three factors as an example.
    start, as_of, horizon : str, Month or date, optional
        First month of evidence, last month of it, and deadline.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ArgumentError
        If the name is no id, the source is none of these, or a model is there already.
    ModelFileError
        If the source is a file at fault.

    Examples
    --------
    >>> new = wr.scaffold(folder / "ruritania", source="dag { tension -> gaps }")
    >>> [finding.todo for finding in wr.validate(new)][:2]
    [True, True]
    """
    folder = path_of(path)
    name = folder.resolve().name
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name):
        raise ArgumentError(
            f"the folder's name {quoted(name)} is the id of the model; use lower-case letters, "
            "digits and hyphens"
        )
    if (folder / MODEL_FILE).exists():
        raise ArgumentError(f"{folder / MODEL_FILE} is there already; choose another name")
    given = {"start": start, "as_of": as_of, "horizon": horizon}
    times = {key: str(month_of(value, key)) for key, value in given.items() if value is not None}
    for (first, a), (second, b) in itertools.pairwise(times.items()):
        if not a < b:
            raise ArgumentError(f"{second} {b} is not after {first} {a}; write months in order")
    sketch = _FROM_NOTHING if source is None else sketch_of(source)
    texts = {
        MODEL_FILE: model_text(name, sketch, times),
        "evidence.csv": evidence_text(),
        "README.md": readme_text(name),
    }
    for file, text in texts.items():
        # Evidence that is there already is kept.
        if not write_new(folder / file, text.encode()) and file == MODEL_FILE:
            raise ArgumentError(f"{folder / file} is there already; choose another name")
    return folder
