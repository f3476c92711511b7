"""A panel from the files of EXCALIBUR."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from datetime import date as calendar_date
from typing import Final

import numpy as np

from withdrawal_risk.arguments import checked_mapping
from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Day
from withdrawal_risk.errors import ArgumentError, did_you_mean
from withdrawal_risk.experts.excalibur import Excalibur, read_excalibur
from withdrawal_risk.files import check_target, csv_bytes, path_of, write_bytes
from withdrawal_risk.model.panel_file import PANEL_COLUMNS, SEED, SEED_COLUMNS

__all__ = ["collect_excalibur"]

_WANTED: Final = (0.05, 0.5, 0.95)


def collect_excalibur(
    assessments: str | os.PathLike[str],
    realisations: str | os.PathLike[str],
    path: str | os.PathLike[str],
    seeds: str | os.PathLike[str],
    *,
    source: str,
    targets: Mapping[str, str] | None = None,
    date: str | None = None,
) -> int:
    """Write the tables of a panel from the files of EXCALIBUR.

    A question with a true value becomes a seed question; one that `targets` names becomes a range
    of the model file. Other questions are left out.

    Parameters
    ----------
    assessments, realisations : str or os.PathLike
        The ``.dtt`` and the ``.rls`` file.
    path, seeds : str or os.PathLike
        Where to write the answers and the seed questions, such as ``panel.csv`` and ``seeds.csv``.
    source : str
        Who says what the true values are.
    targets : mapping of str to str, optional
        From the name of a question to the path of a range.
    date : str, optional
        Day on which the true values were known, ``YYYY-MM-DD``. Default: today.

    Returns
    -------
    int
        How many answers were written.

    Raises
    ------
    ArgumentError
        If a file is at fault, an unknown question is named, or the percentiles 5, 50 and 95 are not
        all among those that were asked for.

    Examples
    --------
    >>> _ = (folder / "rain.dtt").write_text(
    ...     "* CLASS ASCII OUTPUT FILE. NQ=   3   QU=   5  50  95" + chr(10)
    ...     + "    1   Anna    1   rain UNI  1.0E+0001  4.0E+0001  9.0E+0001" + chr(10)
    ... )
    >>> _ = (folder / "rain.rls").write_text("    1   rain  4.2E+0001 UNI")
    >>> wr.collect_excalibur(
    ...     folder / "rain.dtt", folder / "rain.rls", folder / "panel.csv", folder / "seeds.csv",
    ...     source="the gauge in the yard",
    ... )
    1
    """
    answers, questions = path_of(path), path_of(seeds, "seeds")
    for place in (answers, questions):
        check_target(place)
    if answers.resolve() == questions.resolve():
        raise ArgumentError(f"path and seeds are both {answers}; name two files")
    if not isinstance(source, str) or not source.strip():
        raise ArgumentError("source is empty; every figure names its source")
    found = read_excalibur(assessments, realisations)
    known = [item.name for item in found.questions]
    named = dict(checked_mapping({} if targets is None else targets, "targets"))
    for name in named:
        if name not in known:
            raise ArgumentError(
                f"targets: {quoted(name)} is not a question; {did_you_mean(name, known)}"
            )
    lacking = [p for p in _WANTED if p not in found.probabilities]
    if lacking:
        raise ArgumentError(
            f"{assessments}: asks for the percentiles "
            f"{', '.join(f'{100 * p:g}' for p in found.probabilities)}; a panel needs 5, 50 and 95"
        )
    try:
        day = str(Day.parse(calendar_date.today().isoformat() if date is None else date))
    except ValueError as error:
        raise ArgumentError(f"date: {error}") from None
    ids = _ids(found)
    write_bytes(questions, _seeds(found, ids, source.strip(), day))
    rows = _answers(found, ids, named)
    write_bytes(answers, csv_bytes([PANEL_COLUMNS, *rows]))
    return len(rows)


def _ids(found: Excalibur) -> dict[int, str]:
    """Return an id for every question that has a true value."""
    ids: dict[int, str] = {}
    for place in np.flatnonzero(~np.isnan(found.realisations)).tolist():
        plain = re.sub(r"[^A-Za-z0-9]+", "_", found.questions[place].name).strip("_") or "question"
        # Names that differ in signs alone are told apart by their number.
        ids[place] = plain if plain not in ids.values() else f"{plain}_{place + 1}"
    return ids


def _seeds(found: Excalibur, ids: Mapping[int, str], source: str, day: str) -> bytes:
    rows = []
    for place, name in ids.items():
        question = found.questions[place]
        cells = {
            "id": name,
            "question": question.text or question.name,
            "unit": "",
            "scale": question.scale,
            "value": f"{found.realisations[place]:.10g}",
            "resolved": day,
            "source": source,
            "url": "",
        }
        rows.append([cells[column] for column in SEED_COLUMNS])
    return csv_bytes([SEED_COLUMNS, *rows])


def _answers(found: Excalibur, ids: Mapping[int, str], named: Mapping[str, str]) -> list[list[str]]:
    """Return the answers as lines of a panel's table."""
    places = [found.probabilities.index(p) for p in _WANTED]
    rows = []
    for place, question in enumerate(found.questions):
        target = named.get(question.name, SEED + ids[place] if place in ids else "")
        if not target:
            continue
        for expert, quantiles in zip(found.experts, found.assessments[:, place], strict=True):
            ends = [float(quantiles[k]) for k in places]
            if math.isnan(ends[0]):
                continue
            cells = dict.fromkeys(PANEL_COLUMNS, "")
            cells |= {"expert": expert, "round": "1", "target": target}
            cells |= {f"p{100 * p:g}": f"{end:.10g}" for p, end in zip(_WANTED, ends, strict=True)}
            rows.append([cells[column] for column in PANEL_COLUMNS])
    return rows
