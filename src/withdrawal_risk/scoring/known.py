"""What was known at a forecast's origin, and which observations it is held against."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import family_of
from withdrawal_risk.model.evidence import GRADE_FACTOR, EvidenceRow, visible
from withdrawal_risk.model.library import Model

__all__ = ["DATA", "Data", "Outcome", "as_known", "outcomes", "rows_of"]

Data = Literal["revised", "strict"]
DATA: tuple[Data, ...] = ("revised", "strict")


def rows_of(model: Model, data: Data) -> tuple[EvidenceRow, ...]:
    """Return the evidence as a table counts it.

    Parameters
    ----------
    model : Model
    data : {"revised", "strict"}
        ``"strict"`` leaves all rows as they are: each is known from the month it was published in,
        a revision from its own. With ``"revised"`` only the last revision of a row counts, known
        from when the first was, and a single month is known in the month after.
    """
    if data == "strict":
        return model.evidence
    by_id = {row.id: row for row in model.evidence}
    last = max((row.published for row in model.evidence), default=Month(0))
    rows = []
    # In the order of publication: of two rows of a month that count alike, the later stands last.
    for row in sorted(visible(model.evidence, last), key=lambda row: (row.published, row.id)):
        first = min([row.published, *(by_id[name].published for name in row.replaces)])
        month = row.month
        rows.append(replace(row, published=first if month is None else month + 1, replaces=()))
    return tuple(rows)


def as_known(model: Model, origin: Month, data: Data, leads: int = 1) -> Model:
    """Return a model as it could have been written in a month.

    Rows, events and parts of a policy's path that became known later are not in it, so nothing of
    them can act, whatever they hold. The texts stay those of the whole file.

    Parameters
    ----------
    model : Model
    origin : Month
        Last month of which what was published counts.
    data : {"revised", "strict"}
    leads : int
        Months after the origin that are forecast at least, beyond the file's horizon too.
    """
    spec = model.spec
    horizon = max(spec.time.horizon, origin + leads)
    policies = {
        name: policy.model_copy(
            update={"path": tuple(part for part in policy.path if part.known <= origin)}
        )
        for name, policy in spec.policies.items()
    }
    known = spec.model_copy(
        update={
            "time": spec.time.model_copy(update={"as_of": origin, "horizon": horizon}),
            "events": {name: e for name, e in spec.events.items() if e.known <= origin},
            "policies": policies,
        }
    )
    return replace(model, spec=known, evidence=tuple(visible(rows_of(model, data), origin)))


class Outcome(NamedTuple):
    """An observation that forecasts are held against.

    Parameters
    ----------
    indicator : str
    month : Month
    value : float
    row : str
        Id of the evidence row.
    published : Month
        Forecasts of earlier origins did not know it.
    """

    indicator: str
    month: Month
    value: float
    row: str
    published: Month


def outcomes(model: Model, data: Data) -> list[Outcome]:
    """Return the observations that forecasts can be held against, by indicator and month.

    They are values of single whole months, and looks at states that last; a range is none. Of
    several rows of a month the one with the best grade counts, then the latest, as it does in
    evidence. In the strict table what was published first is what counts, and only where the file
    states when.

    Parameters
    ----------
    model : Model
    data : {"revised", "strict"}
    """
    # What counts comes last, and stays.
    rows = rows_of(model, data)
    if data == "strict":
        rows = tuple(sorted(rows, key=lambda r: (r.published, r.grade, r.id), reverse=True))
    else:
        rows = tuple(sorted(rows, key=lambda r: -GRADE_FACTOR[r.grade]))
    found: dict[tuple[str, Month], Outcome] = {}
    for row in rows:
        if not row.stated or (data == "strict" and (row.by_rule or row.replaces)):
            continue
        month = row.month
        if month is None and family_of(model.spec.indicators[row.indicator]).has_memory:
            # A look at a day says what the state was in its month.
            month = row.months()[-1][0]
        if month is None:
            continue
        found[row.indicator, month] = Outcome(
            row.indicator, month, row.value, row.id, row.published
        )
    return sorted(found.values(), key=lambda outcome: (outcome.indicator, outcome.month))
