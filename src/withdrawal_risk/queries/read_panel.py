"""Reading the answers of a panel that stand in files of their own."""

from __future__ import annotations

import os

from withdrawal_risk.files import path_of
from withdrawal_risk.model.library import Model, checked_model
from withdrawal_risk.model.panel_file import Answers, Seed, parse_panel, parse_seeds
from withdrawal_risk.model.table_file import Read
from withdrawal_risk.model.text_file import read_text

__all__ = ["read_panel"]


def read_panel(
    model: Model, file: str | os.PathLike[str], seeds: str | os.PathLike[str] | None = None
) -> Answers:
    r"""Read what experts answered about the ranges of a model.

    Parameters
    ----------
    model : Model
        Whose ranges the answers are about.
    file : str or os.PathLike
        A table of answers, such as panel.csv: columns ``expert``, ``round``, ``target``, ``p5``,
        ``p50``, ``p95``, ``word``, ``confidence``, ``why``, ``source`` and ``date``.
    seeds : str or os.PathLike, optional
        A table of questions whose answers are known: columns ``id``, ``question``, ``unit``,
        ``scale``, ``value``, ``resolved``, ``source`` and ``url``.

    Returns
    -------
    Answers

    Raises
    ------
    ArgumentError
        If `model` is none.
    ModelFileError
        If a file is at fault; the message lists every fault with its position.

    Examples
    --------
    >>> table = folder / "panel.csv"
    >>> _ = table.write_text(
    ...     "expert,round,target,p5,p50,p95,word,confidence,why,source,date\n"
    ...     "Amal,1,factors.gaps.half_life,3,,9,,,,,2024-01-15\n"
    ... )
    >>> wr.read_panel(posterior.model, table).experts
    ('Amal',)
    """
    model, known = checked_model(model, "read_panel"), Read[Seed](())
    if seeds is not None:
        place = path_of(seeds, "seeds")
        known = parse_seeds(read_text(place, str(place)).text, str(place))
    place = path_of(file, "file")
    return parse_panel(read_text(place, str(place)).text, str(place), model.spec, known)
