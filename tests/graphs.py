"""The log density of a model's PyMC graph at named unknowns on their natural scale."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from tests.oracles.model_density import ModelDensity, Unknowns

import withdrawal_risk as wr

Floats = NDArray[np.float64]


class Graph:
    """A compiled graph that is asked about the unknowns of `tests.oracles.model_density`.

    It samples start levels as standard normals, and references as anchors: references plus a shift that depends on
    the other unknowns. Whatever the shift, it leaves the density as it is; it is read from the graph.

    Parameters
    ----------
    model : Model
    oracle : ModelDensity
        Gives the law of the start levels, and the ``as_of``.
    as_of : str, optional
    """

    def __init__(self, model: wr.Model, oracle: ModelDensity, as_of: str | None = None) -> None:
        self.oracle = oracle
        self.model = wr.build(model, as_of)
        self.factors = list(self.model.coords["factor"])
        # Plain Python: compiling to machine code would take longer than all evaluations.
        self._logp = self.model.compile_logp(jacobian=False, mode="FAST_COMPILE")
        wanted = self.model.replace_rvs_by_values([self.model["reference"], self.model["level"]])
        self._reference_and_level = self.model.compile_fn(
            wanted, inputs=self.model.value_vars, mode="FAST_COMPILE", on_unused_input="ignore"
        )
        self._mean, covariance = oracle.start_law(list(self.model.coords["inferred"]))
        self._root = np.linalg.cholesky(covariance)

    def _named(self, variable: str, unknowns: Unknowns) -> Floats:
        labels = self.model.coords[self.model.named_vars_to_dims[variable][-1]]
        if variable.startswith("innovation"):
            return np.stack([unknowns["innovation"][label] for label in labels], axis=1)
        if variable == "start_innovation":
            start = np.array([unknowns["start"][label] for label in labels])
            return np.linalg.solve(self._root, start - self._mean)
        if variable == "anchor":
            return np.zeros(len(labels))
        return np.array([unknowns[variable][label] for label in labels])

    def _point(self, unknowns: Unknowns) -> dict[str, Floats]:
        point = {}
        for variable in self.model.free_RVs:
            value, held = (
                self._named(variable.name, unknowns),
                self.model.rvs_to_values[variable].name,
            )
            if held.endswith("_logodds__"):
                value = np.log(value / (1.0 - value))
            point[held] = np.log(value) if held.endswith("_log__") else value
        reference = np.array(
            [unknowns["reference"][label] for label in self.model.coords["indicator"]]
        )
        point["anchor"] = reference - self._reference_and_level(point)[0]
        return point

    def levels(self, unknowns: Unknowns) -> dict[str, Floats]:
        """Return the path of every factor."""
        _, level = self._reference_and_level(self._point(unknowns))
        return dict(zip(self.factors, level.T, strict=True))

    def log_density(self, unknowns: Unknowns) -> float:
        """Return the joint log density of unknowns and evidence, start levels on their own scale."""
        return float(self._logp(self._point(unknowns))) - math.fsum(np.log(np.diag(self._root)))
