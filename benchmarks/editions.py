"""From the first edition of iraq-2025 to the second, step by step: what moved the outlook.

    python -m benchmarks.editions

The first edition stands in `benchmarks/first_edition`. Each step takes one part of the second
edition's file and keeps the rest of the step before: first the evidence with the indicators that
read it, then edges, events and policies, then drift with the half-lives and starts that go with
it, and last the conditions. In another order a step may move more or less.
"""

from __future__ import annotations

import copy
from typing import Any

import withdrawal_risk as wr
from benchmarks.specs import FIRST_EDITION, spec_of, text_of

Spec = dict[str, Any]


def models() -> dict[str, wr.Model]:
    """Return the editions, by step."""
    first, second = wr.load_model(FIRST_EDITION), wr.load_model("iraq-2025")
    old, new = (spec_of(model) for model in (first, second))
    steps: dict[str, Spec] = {}
    # What an indicator says of the world and the rows that it reads go together.
    steps["evidence"] = old | {"indicators": new["indicators"]}
    steps["structure"] = {
        **steps["evidence"],
        # Factors of the first edition at their old speeds; one is new.
        "factors": {
            name: old["factors"].get(name) or _without_drift(item)
            for name, item in new["factors"].items()
        },
        "edges": new["edges"],
        "events": _without_lasting(new["events"]),
        "policies": new["policies"],
        "scenarios": new["scenarios"],
    }
    steps["drift"] = {
        **steps["structure"],
        "factors": new["factors"],
        "events": new["events"],
    }
    made = {"first edition": first}
    for name, spec in steps.items():
        made[name] = wr.Model.from_texts(text_of(spec), second.evidence_text)
    return made | {"thresholds": second}


def _without_drift(factor: Spec) -> Spec:
    return {key: value for key, value in factor.items() if key != "drift"}


def _without_lasting(events: Spec) -> Spec:
    events = copy.deepcopy(events)
    for event in events.values():
        for effect in event["effects"]:
            effect.pop("lasting", None)
    return events


def editions(**settings: Any) -> wr.Editions:
    """Fit every step, and set their outlooks side by side."""
    return wr.editions(
        {
            name: wr.fit(model, cache=True, progressbar=False, **settings)
            for name, model in models().items()
        }
    )


def main() -> None:
    """Print the table, and a sentence a condition."""
    result = editions()
    print((100 * result.summary.drop(columns="word")).round(1).to_string())
    for condition in result.summary.index.unique("condition"):
        print(result.sentence(condition=condition))


if __name__ == "__main__":
    main()
