"""Options of the command line, each declared once; their words are those of Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from withdrawal_risk.characters import quoted, written_number
from withdrawal_risk.errors import WithdrawalRiskError

if TYPE_CHECKING:
    from withdrawal_risk.simulation.settings import Given

__all__ = [
    "AsJson",
    "AsOf",
    "Chains",
    "CiProb",
    "Condition",
    "Draws",
    "Edge",
    "End",
    "Folder",
    "Futures",
    "Lang",
    "ModelName",
    "Month",
    "Observe",
    "Observed",
    "Preliminary",
    "Ramp",
    "RandomSeed",
    "Set",
    "ShiftBy",
    "Start",
    "Tune",
    "edges",
    "observations",
    "pairs",
    "settings",
]

ModelName = Annotated[
    str, typer.Argument(help="Id of a shipped model, or path to a model folder or file.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Last month whose published evidence is used, YYYY-MM."),
]
Draws = Annotated[int, typer.Option(min=10, help="Draws per chain.")]
Tune = Annotated[int, typer.Option(min=10, help="Tuning draws per chain.")]
Chains = Annotated[int, typer.Option(min=1, help="Chains.")]
RandomSeed = Annotated[
    int, typer.Option("--random-seed", min=0, help="Seed of the fit and of the futures.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Lang = Annotated[str, typer.Option("--lang", help="Language of the answer, such as en or ar.")]
Preliminary = Annotated[
    bool,
    typer.Option("--preliminary", help="Answer in seconds, by an approximation without a fit."),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="NAME=LEVEL: a level name or a number, for a policy in its unit; may be repeated.",
    ),
]
ShiftBy = Annotated[
    list[str] | None,
    typer.Option("--shift", help="NAME=SIZE: by how much it is moved, as -1; may be repeated."),
]
Edge = Annotated[
    list[str] | None,
    typer.Option(
        "--edge",
        help="CAUSE->EFFECT=SCALE, in quotes: what its weight is multiplied by; may be repeated.",
    ),
]
Ramp = Annotated[
    int, typer.Option(min=1, help="Months in which settings and scales are reached; 1 is at once.")
]
Start = Annotated[str | None, typer.Option("--start", help="First month, YYYY-MM.")]
End = Annotated[str | None, typer.Option("--end", help="Last month, YYYY-MM.")]
Observe = Annotated[
    list[str] | None,
    typer.Option("--observe", help="NAME=VALUE observed in --month; may be repeated."),
]
Observed = Annotated[
    Path | None,
    typer.Option(
        help="Table of what is observed: columns name, start, end, value, low, high, se, grade and "
        "level, as evidence has them.",
    ),
]
Month = Annotated[str | None, typer.Option("--month", help="Month of what is observed, YYYY-MM.")]
Futures = Annotated[int, typer.Option(min=2, help="Simulated futures for each draw.")]
Folder = Annotated[str, typer.Option(help="Folder of the track record.")]
Condition = Annotated[str, typer.Option(help="Id of a condition, or all_conditions.")]
CiProb = Annotated[float, typer.Option(help="Probability of the credible interval.")]


def clause(text: str) -> Any:
    """Read a clause: a line as it is, a tree in YAML as a mapping."""
    if not text.lstrip().startswith("{"):
        return text
    from withdrawal_risk.model.document import Document

    return Document.parse(text, "clause").data


def settings(levels: Sequence[str] | None, shifts: Sequence[str] | None) -> dict[str, Given]:
    """Read what is set and what is shifted.

    A number is a level under ``--set`` and a size under ``--shift``.
    """
    from withdrawal_risk.simulation.settings import shift

    given: dict[str, Given] = {}
    for name, value in pairs(levels, "--set").items():
        # A plus sign suggests a change, but ``--set`` would take the number for a level.
        if value.startswith("+"):
            raise WithdrawalRiskError(
                f"--set {name}={value}: is it a shift? Write --shift {name}={value[1:]}, or the "
                "level without +"
            )
        given[name] = _number(value)
    for name, value in pairs(shifts, "--shift").items():
        size = _number(value)
        if isinstance(size, str):
            raise WithdrawalRiskError(
                f"--shift {name}={value}: {quoted(value)} is not a number; write for example "
                f"{name}=-1"
            )
        if name in given:
            raise WithdrawalRiskError(f"{name!r} is both set and shifted; do one of the two")
        given[name] = shift(size)
    return given


def edges(items: Sequence[str] | None) -> dict[str, Any]:
    """Read which edges are scaled, and by what."""
    scales = pairs(items, "--edge", "us_iran_tension->faction_control=0.5")
    return {name: _number(scale) for name, scale in scales.items()}


def observations(
    items: Sequence[str] | None, table: Path | None
) -> Mapping[str, float | str] | Sequence[Mapping[str, Any]] | None:
    """Read what is observed, from options or from a table; None where nothing is."""
    if table is not None:
        if items:
            raise WithdrawalRiskError("--observe and --observed are both given; use one of the two")
        return _rows(table)
    if not items:
        return None
    return {name: _number(value) for name, value in pairs(items, "--observe").items()}


def _rows(path: Path) -> list[Mapping[str, Any]]:
    """Read a table of what is observed."""
    from withdrawal_risk.errors import ModelFileError
    from withdrawal_risk.files import path_of
    from withdrawal_risk.model.table_file import TableReader
    from withdrawal_risk.model.text_file import read_text
    from withdrawal_risk.simulation.observation import KEYS

    optional, numeric = set(KEYS) - {"name", "start"}, {"value", "low", "high", "se"}
    synonyms = {"indicator": "name", "factor": "name", "month": "start"}
    reader = TableReader(str(path), KEYS, optional, numeric, synonyms)
    rows: list[Mapping[str, Any]] = [
        {key: _number(cell) for key, cell in row.items() if cell}
        for row in reader.rows(read_text(path_of(path), str(path)).text)
    ]
    if reader.problems:
        raise ModelFileError(reader.problems)
    if not rows:
        raise WithdrawalRiskError(f"{path} has no rows; write what is observed")
    return rows


def pairs(
    items: Sequence[str] | None,
    option: str,
    example: str = "us_iran_tension=low",
    shape: str = "NAME=VALUE",
) -> dict[str, str]:
    """Read NAME=VALUE options."""
    given: dict[str, str] = {}
    for item in items or ():
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise WithdrawalRiskError(
                f"{option} {quoted(item)} is not {shape}; write for example {example}"
            )
        if name.strip() in given:
            raise WithdrawalRiskError(
                f"{option} names {quoted(name.strip())} twice; once is enough"
            )
        given[name.strip()] = value.strip()
    return given


def _number(text: str) -> float | str:
    """Read a number as people write it, or return the text; ``1_5`` is more likely a name."""
    try:
        return written_number(text)
    except ValueError:
        return text
