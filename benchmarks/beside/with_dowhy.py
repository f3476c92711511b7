"""The task in dowhy.gcm: mechanisms learnt from data, answers from simulated rows."""

from __future__ import annotations

from typing import Any

from benchmarks.beside.task import NO_FUNCTION, UNIT, Tool, Way, levels, rows

_ARROWS = [("tension", "control"), ("tension", "gaps"), ("control", "gaps")]
_DRAWS = 10_000


def build() -> Any:
    """Learn the network from rows with the names of states."""
    import networkx as nx
    from dowhy import gcm

    gcm.config.disable_progress_bars()
    gcm.util.general.set_random_seed(1)
    model = gcm.ProbabilisticCausalModel(nx.DiGraph(_ARROWS))
    model.set_causal_mechanism("tension", gcm.EmpiricalDistribution())
    for name in ("control", "gaps"):
        classifier = gcm.ml.create_logistic_regression_classifier()
        model.set_causal_mechanism(name, gcm.ClassifierFCM(classifier))
    gcm.fit(model, rows())
    return model


def probability(model: Any) -> float:
    """Simulate."""
    from dowhy import gcm

    return float((gcm.draw_samples(model, _DRAWS)["gaps"] == "yes").mean())


def do(model: Any) -> float:
    """Simulate with control set."""
    from dowhy import gcm

    firm = {"control": lambda seen: "firm"}
    drawn = gcm.interventional_samples(model, firm, num_samples_to_draw=_DRAWS)
    return float((drawn["gaps"] == "yes").mean())


def observe(model: Any) -> float:
    """Keep the simulated rows in which control is firm."""
    from dowhy import gcm

    drawn = gcm.draw_samples(model, _DRAWS)
    return float((drawn["gaps"][drawn["control"] == "firm"] == "yes").mean())


def counterfactual(model: Any) -> float:
    """Learn equations between levels, which can be inverted, and ask of the unit."""
    import networkx as nx
    import pandas as pd
    from dowhy import gcm

    equations = gcm.InvertibleStructuralCausalModel(nx.DiGraph(_ARROWS))
    equations.set_causal_mechanism("tension", gcm.EmpiricalDistribution())
    for name in ("control", "gaps"):
        noise = gcm.AdditiveNoiseModel(gcm.ml.create_linear_regressor())
        equations.set_causal_mechanism(name, noise)
    gcm.fit(equations, levels())
    firm = {"control": lambda seen: 1.0}
    unit = gcm.counterfactual_samples(equations, firm, observed_data=pd.DataFrame([UNIT]))
    return float(unit["gaps"].iloc[0])


def interval(model: Any) -> tuple[float, float]:
    """Learn again from parts of the data."""
    from dowhy import gcm

    def answer(learnt: Any) -> dict[str, float]:
        return {"gaps": do(learnt)}

    again = gcm.fit_and_compute(answer, model, bootstrap_training_data=rows())
    _, ends = gcm.confidence_intervals(again, confidence_level=0.9, n_jobs=1)
    return float(ends["gaps"][0]), float(ends["gaps"][1])


TOOL = Tool(
    name="dowhy.gcm",
    distribution="dowhy",
    modules=("dowhy.gcm",),
    build=build,
    form="rows simulated from the tables",
    ways={
        "probability": Way(call="gcm.draw_samples", ask=probability),
        "do": Way(call="gcm.interventional_samples", ask=do),
        "observe": Way(
            call="gcm.draw_samples",
            ask=observe,
            about="share of the simulated rows with firm control",
        ),
        "counterfactual": Way(
            call="gcm.counterfactual_samples",
            ask=counterfactual,
            about="a level, in the linear form of the task",
        ),
        "interval": Way(
            call="gcm.fit_and_compute, gcm.confidence_intervals",
            ask=interval,
            about="90 %, 20 fits to three quarters of the rows",
        ),
        "time": NO_FUNCTION,
    },
)
