"""What a factor with drift costs beside a factor more: gradients of iraq-2025's first edition, in turns.

    python -m benchmarks.drift

Every factor is given drift, or a parent of its own that is another factor: both make one more level a month, one more edge
and one more half-life. The cost of either is what the gradient takes beyond that of the model as it is.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import withdrawal_risk as wr
from benchmarks.specs import FIRST_EDITION, spec_of, text_of
from withdrawal_risk.inference import packing
from withdrawal_risk.inference.alignment import fit_window
from withdrawal_risk.inference.density import evaluate
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.problem import locations_and_scales, problem_of

ROUNDS = 40
CALLS = 200


def _with_drift(content: Any) -> None:
    for factor in content["factors"].values():
        factor["drift"] = {"share": {"p5": 0.3, "p95": 0.7}, "half_life": 48}


def _with_parents(content: Any) -> None:
    for name, factor in list(content["factors"].items()):
        content["factors"][f"{name}_cause"] = factor | {"half_life": {"p5": 24, "p95": 96}}
        edge = {"from": f"{name}_cause", "to": name, "weight": "+weak", "lag": 0}
        content["edges"].append(edge | {"basis": "judgement: a benchmark", "why": "A benchmark."})


def _model(change: Callable[[Any], None]) -> wr.Model:
    first = wr.load_model(FIRST_EDITION)
    content = spec_of(first)
    change(content)
    return wr.Model.from_texts(text_of(content), first.evidence_text)


def _gradient(model: wr.Model) -> Callable[[], object]:
    """Return the gradient near the prior means, compiled."""
    frame = build_frame(model, fit_window(model, model.as_of))
    data = packing.pack(problem_of(model, frame, model.as_of))
    mean, sd = locations_and_scales(frame)
    point = np.asarray(mean + 0.1 * sd)
    evaluate(point, data)
    return lambda: evaluate(point, data)


def main() -> None:
    """Time the three in turns."""
    models = {
        "as it is": _model(lambda content: None),
        "drift": _model(_with_drift),
        "a factor more": _model(_with_parents),
    }
    gradients = {name: _gradient(model) for name, model in models.items()}
    taken: dict[str, list[float]] = {name: [] for name in gradients}
    for _ in range(ROUNDS):
        for name, gradient in gradients.items():
            begin = time.perf_counter()
            for _ in range(CALLS):
                gradient()
            taken[name].append((time.perf_counter() - begin) / CALLS)
    for name, seconds in taken.items():
        print(f"{name:<16}{1e6 * statistics.median(seconds):8.1f} µs")
    base, drift, factor = (statistics.median(seconds) for seconds in taken.values())
    print(f"cost of drift beside that of a factor more: {(drift - base) / (factor - base):.2f}")


if __name__ == "__main__":
    main()
