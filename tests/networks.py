"""Networks made by hand, for the writers: two parents of different cardinality, hostile words."""

from __future__ import annotations

import numpy as np

from withdrawal_risk.exchange.formats.diagram import Arrow, Box, Diagram
from withdrawal_risk.exchange.formats.static_network import StaticNetwork, StaticNode

HOSTILE = (
    'a "b" </name> ]]> --> \\ \\N %%{init: {}}%% // /* */ ; } {\nvariable x {\ntable | ملف #end'
)
"""What closes a quote, a tag, a comment or a line in one format or another."""


def asymmetric() -> StaticNetwork:
    """Return a child of three and of two states, with no two cells alike that could be mistaken."""
    rng = np.random.default_rng(4)

    def table(*shape: int) -> np.ndarray:
        return rng.dirichlet(np.arange(1.0, shape[-1] + 1), size=shape[:-1]).reshape(shape)

    interval = np.sort(rng.uniform(size=(3, 2, 4, 2)), axis=-1)
    return StaticNetwork(
        id="7-variable",
        title=HOSTILE,
        nodes=(
            StaticNode(id="wide", label=HOSTILE, states=("low", "medium", "high"), table=table(3)),
            StaticNode(id="table", label="Variable", states=("no", "yes"), table=table(2), role="policy"),
            StaticNode(
                id="child", label="Child", states=("a", "b", "c", "d"), parents=("wide", "table"),
                table=table(3, 2, 4), interval=interval, role="outcome", position=(1.0, 0.5),
            ),
            StaticNode(id="leaf", label="Leaf", states=("a", "b"), parents=("child",), table=table(4, 2)),
        ),
        about={"month": "2024-01"},
        notes=("First note -- with hyphens ---", HOSTILE),
    )  # fmt: skip


def drawing() -> Diagram:
    """Return a loop of three, one of them a policy, with names that formats take for their own."""
    return Diagram(
        id="odd",
        title=HOSTILE,
        lang="ar",
        boxes=(
            Box(id="end", labels={"en": HOSTILE, "ar": f"{HOSTILE} \\"}, role="outcome", worse="high", half_life=(2.0, 9.0)),
            Box(id="graph", labels={"en": "Graph", "ar": "رسم"}, role="driver", worse="low", half_life=(1.0, 3.0), position=(1.0, 0.5)),
            Box(id="troops", labels={"en": "Troops", "ar": "قوات"}, role="policy", worse="low", units={"en": "men", "ar": "جندي"}),
        ),
        arrows=(
            Arrow(cause="end", effect="graph", sign=-1, p5=-0.5, p95=-0.15, mean=-0.3, word="-moderate", basis=("C1", HOSTILE), why=HOSTILE),
            Arrow(cause="graph", effect="end", sign=1, p5=0.1, p95=0.2, mean=0.15, interval=(0.11, 0.19), lag=2, closes_cycle=True),
            Arrow(cause="troops", effect="end", sign=1, p5=0.3, p95=0.8, mean=0.5, word="+strong", lag=1),
        ),
        notes=("A note.", HOSTILE),
    )  # fmt: skip
