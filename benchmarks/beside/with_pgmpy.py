"""The task in pgmpy: tables of probabilities, exact inference."""

from __future__ import annotations

from typing import Any

from benchmarks.beside.task import FIRM, HIGH, MONTHS, NO_FUNCTION, OPEN, STAYS, Tool, Way

_FIRM = [FIRM["low"], FIRM["high"]]
_OPEN = list(OPEN.values())


def _both(chances: list[float]) -> list[list[float]]:
    return [[1 - chance for chance in chances], chances]


def build() -> Any:
    """Make the network."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.models import DiscreteBayesianNetwork

    names = {"tension": ["low", "high"], "control": ["weak", "firm"], "gaps": ["no", "yes"]}
    model = DiscreteBayesianNetwork(
        [("tension", "control"), ("tension", "gaps"), ("control", "gaps")]
    )
    model.add_cpds(
        TabularCPD("tension", 2, [[1 - HIGH], [HIGH]], state_names=names),
        TabularCPD("control", 2, _both(_FIRM), ["tension"], [2], state_names=names),
        TabularCPD("gaps", 2, _both(_OPEN), ["tension", "control"], [2, 2], state_names=names),
    )
    return model


def probability(model: Any) -> float:
    """Sum the other variables out."""
    from pgmpy.inference import VariableElimination

    answer = VariableElimination(model).query(["gaps"], show_progress=False)
    return answer.get_value(gaps="yes")


def do(model: Any) -> float:
    """Cut control off from tension."""
    from pgmpy.inference import CausalInference

    answer = CausalInference(model).query(["gaps"], do={"control": "firm"}, show_progress=False)
    return answer.get_value(gaps="yes")


def observe(model: Any) -> float:
    """Condition on control."""
    from pgmpy.inference import VariableElimination

    answer = VariableElimination(model).query(["gaps"], {"control": "firm"}, show_progress=False)
    return answer.get_value(gaps="yes")


def time(model: Any) -> float:
    """Ask a network of two slices about a later one."""
    from pgmpy.factors.discrete import TabularCPD
    from pgmpy.inference import DBNInference
    from pgmpy.models import DynamicBayesianNetwork

    tension, control, gaps = ("tension", 0), ("control", 0), ("gaps", 0)
    months = DynamicBayesianNetwork()
    months.add_edges_from([(tension, control), (tension, gaps), (control, gaps)])
    months.add_edge(tension, ("tension", 1))
    months.add_cpds(
        TabularCPD(tension, 2, [[1 - HIGH], [HIGH]]),
        TabularCPD(control, 2, _both(_FIRM), [tension], [2]),
        TabularCPD(gaps, 2, _both(_OPEN), [tension, control], [2, 2]),
        TabularCPD(("tension", 1), 2, _both([1 - STAYS, STAYS]), [tension], [2]),
    )
    months.initialize_initial_state()
    last = ("gaps", MONTHS - 1)
    return DBNInference(months).forward_inference([last], {tension: 1})[last].values[1]


TOOL = Tool(
    name="pgmpy",
    distribution="pgmpy",
    modules=("pgmpy.models", "pgmpy.inference", "pgmpy.factors.discrete"),
    build=build,
    form="tables of two states",
    ways={
        "probability": Way(call="VariableElimination.query", ask=probability),
        "do": Way(call="CausalInference.query(do=)", ask=do),
        "observe": Way(call="VariableElimination.query(evidence=)", ask=observe),
        "counterfactual": NO_FUNCTION,
        "interval": NO_FUNCTION,
        "time": Way(call="DBNInference.forward_inference", ask=time),
    },
)
