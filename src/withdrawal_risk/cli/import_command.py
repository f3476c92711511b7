"""The command that makes rows of evidence out of an export."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from withdrawal_risk.cli.app import app
from withdrawal_risk.cli.options import AsJson, pairs

__all__ = ["import_rows"]

Names = list[str] | None


@app.command("import")
def import_rows(
    source: Annotated[str, typer.Argument(help="ucdp, acled, gpr, wgi, wdi, fred or csv.")],
    file: Annotated[str, typer.Argument(help="The export: .csv, .xlsx, or an archive of one.")],
    indicator: Annotated[str, typer.Option(help="The indicator of the model that it measures.")],
    model: Annotated[str, typer.Option(help="The folder of a model, or its file.")] = ".",
    country: Annotated[
        Names, typer.Option(help="Events there count, or series of it; may be repeated.")
    ] = None,
    region: Annotated[
        Names, typer.Option(help="Events in this region of a country count; may be repeated.")
    ] = None,
    actor: Annotated[
        Names, typer.Option(help="Events whose actors hold this text count; may be repeated.")
    ] = None,
    kind: Annotated[
        Names, typer.Option(help="state, non-state or one-sided (ucdp); may be repeated.")
    ] = None,
    event_type: Annotated[
        Names, typer.Option(help="Events of this type count (acled); may be repeated.")
    ] = None,
    measure: Annotated[
        str | None, typer.Option(help="deaths, deaths_civilians, events or fatalities.")
    ] = None,
    series: Annotated[
        str | None, typer.Option(help="Which series, such as GPR or rl (gpr, wgi, wdi, fred).")
    ] = None,
    map_: Annotated[
        Names,
        typer.Option("--map", help="KEY=COLUMN of a csv; saved beside the model; may be repeated."),
    ] = None,
    mapping: Annotated[str | None, typer.Option(help="A file that says so.")] = None,
    published: Annotated[
        str | None, typer.Option(help="When the export was published, YYYY-MM or YYYY-MM-DD.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="First month that is taken, YYYY-MM.")] = None,
    end: Annotated[str | None, typer.Option(help="Last month that is taken, YYYY-MM.")] = None,
    grade: Annotated[str | None, typer.Option(help="A, B or C. Default: of the source.")] = None,
    scale: Annotated[float, typer.Option(help="What every value is multiplied by.")] = 1.0,
    history: Annotated[
        bool, typer.Option("--history", help="Add what is before the start to the history file.")
    ] = False,
    allow_none: Annotated[
        bool, typer.Option("--allow-none", help="Take a name without any event for noughts.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make rows of evidence out of an export that you downloaded; nothing is fetched."""
    from withdrawal_risk.errors import WithdrawalRiskError
    from withdrawal_risk.queries.import_evidence import import_evidence

    if map_ and mapping:
        raise WithdrawalRiskError("give --map or --mapping, not both")
    result = import_evidence(
        model,
        source,
        file,
        indicator=indicator,
        country=country,
        region=region,
        actor=actor,
        kind=kind,
        event_type=event_type,
        measure=measure,
        series=series,
        mapping=_keys(map_) if map_ else mapping,
        published=published,
        start=start,
        end=end,
        grade=grade,
        scale=scale,
        history=history,
        allow_none=allow_none,
        dry_run=dry_run,
    )
    if as_json:
        print(json.dumps(result.to_dict()))
        return
    for note in result.notes:
        print(f"- {note}")
    print(result.sentence())


def _keys(items: Names) -> dict[str, Any]:
    """Read KEY=COLUMN options; ``where.COLUMN=TEXT`` chooses rows."""
    keys: dict[str, Any] = {}
    for name, value in pairs(items, "--map", "date=Month", "KEY=COLUMN").items():
        if name.startswith("where."):
            keys.setdefault("where", {})[name.removeprefix("where.")] = value
        else:
            keys[name] = value
    return keys
