"""The task in pyAgrum: tables of probabilities, exact inference, bounds of tables."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.beside.task import FIRM, HIGH, MONTHS, OPEN, RANGE, STAYS, Tool, Way

_SHAPE = "tension{low|high}->control{weak|firm}->gaps{no|yes}<-tension"


def _control_of(network: Any) -> None:
    network.cpt("tension").fillWith([1 - HIGH, HIGH])
    for tension, firm in FIRM.items():
        network.cpt("control")[{"tension": tension}] = [1 - firm, firm]


def build() -> Any:
    """Make the network."""
    import pyagrum as gum

    network = gum.fastBN(_SHAPE)
    _control_of(network)
    for (tension, control), opened in OPEN.items():
        network.cpt("gaps")[{"tension": tension, "control": control}] = [1 - opened, opened]
    return network


def probability(network: Any) -> float:
    """Sum the other variables out."""
    import pyagrum as gum

    return gum.getPosterior(network, target="gaps")[{"gaps": "yes"}]


def do(network: Any) -> float:
    """Identify the effect in the graph and compute it."""
    import pyagrum as gum

    model = gum.CausalModel(network)
    _, answer, _ = gum.causalImpact(model, on="gaps", doing="control", values={"control": "firm"})
    return answer[{"gaps": "yes"}]


def observe(network: Any) -> float:
    """Condition on control."""
    import pyagrum as gum

    return gum.getPosterior(network, target="gaps", evs={"control": "firm"})[{"gaps": "yes"}]


def counterfactual(network: Any) -> float:
    """Write the noise of gaps as a node, which the twin network keeps, and ask of the unit."""
    import pyagrum as gum

    cuts = [0.0, *sorted(OPEN.values()), 1.0]
    twin = gum.fastBN(f"{_SHAPE};gaps<-noise[{len(cuts) - 1}]")
    _control_of(twin)
    twin.cpt("noise").fillWith([high - low for low, high in pairwise(cuts)])
    for (tension, control), opened in OPEN.items():
        for piece, end in enumerate(cuts[1:]):
            states = {"tension": tension, "control": control, "noise": piece}
            twin.cpt("gaps")[states] = [0, 1] if end <= opened else [1, 0]
    answer = gum.counterfactual(
        gum.CausalModel(twin),
        on="gaps",
        whatif="control",
        profile={"tension": "high", "control": "weak", "gaps": "yes"},
        values={"control": "firm"},
    )
    return answer[{"gaps": "yes"}]


def interval(network: Any) -> tuple[float, float]:
    """Cut control off from tension in a network of bounds."""
    import pyagrum as gum
    from pyagrum import credal_net

    low, high = gum.BayesNet(network), gum.BayesNet(network)
    for (tension, control), (least, most) in RANGE.items():
        states = {"tension": tension, "control": control}
        low.cpt("gaps")[states] = [1 - most, least]
        high.cpt("gaps")[states] = [1 - least, most]
    for bound in (low, high):
        bound.eraseArc("tension", "control")
        bound.cpt("control").fillWith([0, 1])
    bounds = credal_net.CredalNet(low, high)
    bounds.intervalToCredal()
    bounds.computeBinaryCPTMinMax()
    inference = credal_net.CNLoopyPropagation(bounds)
    inference.makeInference()
    return inference.marginalMin("gaps")[1], inference.marginalMax("gaps")[1]


def time(network: Any) -> float:
    """Ask a network of two slices about a later one."""
    import pyagrum as gum
    from pyagrum import ktbn

    months = ktbn.KTBN(2)
    for name in ("tension", "control", "gaps"):
        months.addTemporal(network.variable(name))
    for month in range(2):
        for cause, effect in network.arcs():
            names = network.variable(cause).name(), network.variable(effect).name()
            months.addArc(names[0], month, names[1], month)
    months.addArc("tension", 0, "tension", 1)
    months.cpt("tension", 0).fillWith([1 - HIGH, HIGH])
    for before, high in ((0, 1 - STAYS), (1, STAYS)):
        months.fillCPT("tension", 1, {("tension", 0): before}, [1 - high, high])
    for month in range(2):
        for tension, firm in FIRM.items():
            months.fillCPT("control", month, {("tension", month): tension}, [1 - firm, firm])
        for (tension, control), opened in OPEN.items():
            causes = {("tension", month): tension, ("control", month): control}
            months.fillCPT("gaps", month, causes, [1 - opened, opened])
    inference = gum.KTBNInference(months)
    inference.addObservation("tension", 0, 1)
    inference.addTarget("gaps")
    inference.makeInference(MONTHS)
    return inference.posterior("gaps", MONTHS - 1)[1]


TOOL = Tool(
    name="pyAgrum",
    distribution="pyagrum",
    modules=("pyagrum", "pyagrum.credal_net", "pyagrum.ktbn"),
    build=build,
    form="tables of two states",
    ways={
        "probability": Way(call="getPosterior", ask=probability),
        "do": Way(call="causalImpact", ask=do),
        "observe": Way(call="getPosterior(evs=)", ask=observe),
        "counterfactual": Way(call="counterfactual", ask=counterfactual),
        "interval": Way(
            call="CredalNet, CNLoopyPropagation",
            ask=interval,
            about="bounds that follow from bounds of the tables",
        ),
        "time": Way(call="KTBNInference", ask=time),
    },
)
