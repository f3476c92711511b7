"""A panel of experts: whose answers are read, and how they are put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from withdrawal_risk.elements.base import Frozen, Number, Sentence, refuse

__all__ = ["LONGEST_NAME", "MOST_ROUNDS", "POOLS", "Panel", "Pooling"]

LONGEST_NAME: Final = 100
"""Characters of the name of an expert, or of the id of a seed question."""

MOST_ROUNDS: Final = 1000

Pooling = Literal["linear", "log", "cooke", "given"]

POOLS: Final[tuple[str, ...]] = get_args(Pooling)
"""How experts may be put together."""


class Panel(Frozen):
    """A panel of experts, each of whom judged some of the ranges of the file."""

    file: Sentence
    """Name of the table of their answers beside the model, such as panel.csv."""

    seeds: Sentence | None = None
    """Name of the table of questions whose answers are known, such as seeds.csv."""

    pool: Pooling = "linear"
    """How experts are put together: a mixture of all alike; one law with the product of their
    densities; a mixture with the weights that seed questions give; or with ``weights``."""

    weights: Mapping[str, Annotated[Number, Field(ge=0)]] = Field(default_factory=dict)
    """Of each expert by name, for ``pool: given``; only their proportions matter."""

    alpha: Annotated[Number, Field(ge=0, le=1)] | None = None
    """Calibration below which an expert has no weight, for ``pool: cooke``. Default: the one with
    which the combined expert does best."""

    overshoot: Annotated[Number, Field(gt=0, le=10)] = 0.1
    """Share of its width by which the range of a seed question reaches beyond what was named."""

    anonymous: Annotated[bool, Field(strict=True)] = False
    """Whether answers show experts by letters instead of their names."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.pool == "given") != bool(self.weights):
            raise refuse("weights go with pool: given, and pool: given with weights")
        if self.weights and not any(self.weights.values()):
            raise refuse("all weights are 0; give at least one expert a weight above 0")
        if self.pool == "cooke" and self.seeds is None:
            raise refuse("pool: cooke needs seeds: questions whose answers are known")
        if self.alpha is not None and self.pool != "cooke":
            raise refuse("alpha goes with pool: cooke")
        return self
