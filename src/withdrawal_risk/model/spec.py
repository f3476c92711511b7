"""The whole model file as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from withdrawal_risk.elements.base import Frozen, Identifier, Sentence, TextLike, refuse
from withdrawal_risk.elements.conditions import Condition, Tree, clauses
from withdrawal_risk.elements.network import Edge, Event, Factor, Policy
from withdrawal_risk.elements.panel import Panel
from withdrawal_risk.elements.readers import Readers
from withdrawal_risk.elements.scenarios import Scenario
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.families import Indicator

__all__ = ["Claim", "ModelSpec", "Time", "first_clause_month"]


class Time(Frozen):
    """The months of a model."""

    start: Month
    """First month of evidence."""

    as_of: Month
    """Last month whose published evidence may be used."""

    horizon: Month
    """The deadline."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.start < self.as_of:
            raise refuse(
                "start {start} is not before as_of {as_of}",
                start=str(self.start),
                as_of=str(self.as_of),
            )
        if not self.as_of < self.horizon:
            raise refuse(
                "horizon {horizon} is not after as_of {as_of}; "
                "the deadline lies ahead of the evidence",
                horizon=str(self.horizon),
                as_of=str(self.as_of),
            )
        return self


class Claim(Frozen):
    """A claim of the text the model formalises."""

    text: TextLike
    """The claim, in a sentence."""

    context: TextLike | None = None
    """Why no element rests on it; without this, some element must cite it."""


class ModelSpec(Frozen):
    """A model: what acts on what, what measures it, and what counts as success.

    Examples
    --------
    >>> wr.load_model("iraq-2025").spec.time.horizon == wr.Month.parse("2026-09")
    True
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    """Lower-case letters, digits and hyphens."""

    title: TextLike
    """Its name for people."""

    description: TextLike | None = None
    """What it is about, in a paragraph."""

    source: TextLike | None = None
    """The text that it formalises."""

    time: Time
    """First month, last month of evidence, and deadline."""

    claims: Mapping[Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{1,2}$")], Claim] = Field(
        default_factory=dict
    )
    """Claims of the text, by a letter and a number; elements cite them as their ``basis``."""

    factors: Annotated[Mapping[Identifier, Factor], Field(min_length=1)]
    """Latent levels, by id."""

    policies: Mapping[Identifier, Policy] = Field(default_factory=dict)
    """Factors whose path is given, by id."""

    edges: tuple[Edge, ...] = ()
    """What acts on what."""

    events: Mapping[Identifier, Event] = Field(default_factory=dict)
    """Dated, known shocks, by id."""

    indicators: Mapping[Identifier, Indicator] = Field(default_factory=dict)
    """What can be observed, by id."""

    conditions: Annotated[Mapping[Identifier, Condition], Field(min_length=1)]
    """What counts as success, by id."""

    scenarios: Mapping[Identifier, Scenario] = Field(default_factory=dict)
    """What to ask about the future, by id."""

    evidence: Sentence | None = None
    """Name of the evidence file beside the model, such as evidence.csv."""

    history: Sentence | None = None
    """Name of a file of the same layout with what indicators showed before ``time.start``. No fit
    reads it; references and thresholds are argued from it."""

    panel: Panel | None = None
    """Experts who judged ranges of this file, and how they are put together. A fit uses the file's
    own ranges; `wr.panel` weighs its draws by those of each expert."""

    readers: Mapping[Identifier, Readers] = Field(default_factory=dict)
    """Who reads the report, by id, and the paths drawn for them. Default: those of outcomes."""

    def __repr__(self) -> str:
        return f"ModelSpec({self.id!r}, {len(self.factors)} factors, {len(self.edges)} edges)"

    def node(self, name: str) -> Factor | Policy:
        """Return a node of the causal network: a factor or a policy."""
        return self.factors.get(name) or self.policies[name]

    def label(self, name: str, lang: str) -> str:
        """Return the words for a factor, policy, indicator or condition."""
        node = (
            self.factors.get(name)
            or self.policies.get(name)
            or self.indicators.get(name)
            or self.conditions[name]
        )
        return node.label[lang]


def first_clause_month(spec: ModelSpec) -> Month:
    """Return the first month that any condition, or any scenario's recognition, is about."""
    trees: list[Tree] = [item.tree for item in spec.conditions.values()]
    trees += [item.recognise for item in spec.scenarios.values() if item.recognise is not None]
    leaves = [leaf for tree in trees for leaf in clauses(tree)]
    # The last n months begin n - 1 before the horizon.
    return min(leaf.from_ or spec.time.horizon + (1 - (leaf.last or 1)) for leaf in leaves)
