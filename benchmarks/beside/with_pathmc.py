"""The task in pathmc: regressions learnt from data by PyMC."""

from __future__ import annotations

from typing import Any

from benchmarks.beside.task import NOT_TRIED, UNIT, Tool, Way, levels, rows

_SPEC = "control ~ tension\ngaps ~ tension + control"
_FIT: dict[str, Any] = {
    "draws": 500,
    "tune": 500,
    "chains": 2,
    "random_seed": 1,
    "progressbar": False,
}


def _numbers() -> Any:
    ones = {"tension": "high", "control": "firm", "gaps": "yes"}
    return rows().eq(ones).astype(float)


def build() -> Any:
    """Learn the network from rows of 0 and 1."""
    import pathmc

    families = {"control": "bernoulli", "gaps": "bernoulli"}
    model = pathmc.model(_SPEC, data=_numbers(), families=families)
    model.fit(**_FIT)
    return model


def probability(model: Any) -> float:
    """Simulate."""
    return model.prob("gaps > 0")


def do(model: Any) -> float:
    """Simulate with control set."""
    return model.prob("gaps > 0", set={"control": 1})


def observe(model: Any) -> float:
    """Learn gaps from control and tension, and predict for the rows with firm control."""
    data = _numbers()
    regression = model.adjustment_model("control -> gaps")
    regression.fit(**_FIT)
    return regression.predictions(newdata=data[data["control"] == 1]).mean()


def counterfactual(model: Any) -> float:
    """Learn equations between levels, and ask of the unit."""
    import pathmc

    equations = pathmc.model(_SPEC, data=levels())
    equations.fit(**_FIT)
    return equations.counterfactual(evidence=UNIT, do={"control": 1.0}).mean("gaps")


def interval(model: Any) -> tuple[float, float]:
    """Read the posterior of the mean."""
    low, high = model.do(set={"control": 1}).hdi("gaps", prob=0.9)
    return float(low), float(high)


TOOL = Tool(
    name="pathmc",
    distribution="pathmc",
    modules=("pathmc",),
    build=build,
    form="rows simulated from the tables",
    ways={
        "probability": Way(call="prob", ask=probability),
        "do": Way(call="prob(set=)", ask=do),
        "observe": Way(
            call="adjustment_model, predictions(newdata=)",
            ask=observe,
            about="mean over the rows with firm control",
        ),
        "counterfactual": Way(
            call="counterfactual",
            ask=counterfactual,
            about="a level, in the linear form of the task",
        ),
        "interval": Way(call="do(set=).hdi", ask=interval, about="90 % of the posterior"),
        "time": NOT_TRIED,
    },
)
