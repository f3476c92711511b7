"""The task in this library: a model file with elicited ranges, and six rows of evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.beside.task import Tool, Way

FOLDER = Path(__file__).parent / "gaps"


def build() -> Any:
    """Fit the file to its evidence."""
    import withdrawal_risk as wr

    return wr.fit(wr.load_model(FOLDER), random_seed=1, progressbar=False)


def probability(posterior: Any) -> float:
    """Ask for the outlook."""
    import withdrawal_risk as wr

    return float(wr.outlook(posterior).summary.loc["open_gaps", "probability"])


def do(posterior: Any) -> float:
    """Set control from the first month ahead."""
    import withdrawal_risk as wr

    done = wr.do(posterior, {"control": "high"}, start="2025-01")
    return float(done.summary.loc["open_gaps", "probability"])


def observe(posterior: Any) -> float:
    """See many units under command in the last month."""
    import withdrawal_risk as wr

    seen = wr.observe(posterior, {"units_under_command": 75}, month="2025-06")
    return float(seen.summary.loc["open_gaps", "probability"])


def counterfactual(posterior: Any) -> float:
    """Set control in the past year, and keep that year's own shocks."""
    import withdrawal_risk as wr

    other = wr.counterfactual(posterior, {"control": "high"}, start="2024-07", end="2024-12")
    return float(other.summary.loc["open_gaps", "probability"])


def interval(posterior: Any) -> tuple[float, float]:
    """Read the interval of the answer after `do`."""
    import withdrawal_risk as wr

    done = wr.do(posterior, {"control": "high"}, start="2025-01")
    low, high = done.summary.loc["open_gaps", ["lower", "upper"]]
    return float(low), float(high)


def time(posterior: Any) -> float:
    """Move the deadline three months forward."""
    import withdrawal_risk as wr

    months = wr.by_when(posterior, "open_gaps").summary
    return float(months.loc["2025-03", "probability"])


def _written() -> int:
    files = (FOLDER / "model.yaml", FOLDER / "evidence.csv")
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)


TOOL = Tool(
    name="withdrawal_risk",
    distribution="withdrawal_risk",
    modules=("withdrawal_risk",),
    build=build,
    form="a model file with elicited ranges",
    ways={
        "probability": Way(call="outlook", ask=probability),
        "do": Way(call="do", ask=do, about="control high from January"),
        "observe": Way(call="observe", ask=observe, about="75 units under command in June"),
        "counterfactual": Way(
            call="counterfactual",
            ask=counterfactual,
            about="the unit is the country; control high from July to December before",
        ),
        "interval": Way(call="do", ask=interval, about="90 % credible, of the elicited ranges"),
        "time": Way(call="by_when", ask=time, about="with March as the deadline"),
    },
    more_lines=_written(),
)
