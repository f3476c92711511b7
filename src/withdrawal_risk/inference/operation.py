"""The compiled log density as one PyTensor operation inside a PyMC model, ready for nutpie."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from typing import Any, Final

import llvmlite.binding
import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numba import types
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch import basic as numba_basic

from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.inference.build import declare
from withdrawal_risk.inference.density import SIGNATURE, SOURCE, evaluate, machine_code
from withdrawal_risk.inference.direct import direct_model
from withdrawal_risk.inference.packing import Words, pack
from withdrawal_risk.inference.parameters import Frame
from withdrawal_risk.inference.problem import problem_of, sampled_priors
from withdrawal_risk.inference.vector import log_density, starting_point
from withdrawal_risk.model.library import Model
from withdrawal_risk.random import generator

__all__ = ["CompiledModel", "check_density", "compiled_model"]

_SYMBOL: Final = f"withdrawal_risk_log_density_{SOURCE:x}"
"""Name by which other machine code finds the density. An address would be that of one process, and
code that holds it could not be stored."""

_CHECKED: Final = 3
"""Points at which each fit compares the compiled density with its NumPy form."""

_TOLERANCE: Final = 1e-8
"""Relative; log densities are sums of hundreds of terms."""

_LEAST: Final = 1e-6
"""Absolute, for a sum that happens to be near 0."""


class _LogDensity(Op):
    """Log density and gradient of a sampled vector, given the words of a packed model."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply[Any]:
        variables = [pt.as_tensor_variable(value) for value in inputs]
        return Apply(self, variables, [pt.scalar(dtype="float64"), pt.vector(dtype="float64")])

    def perform(self, node: Apply[Any], inputs: Any, output_storage: Any) -> None:
        value, gradient = evaluate(*inputs)
        output_storage[0][0], output_storage[1][0] = np.asarray(value), gradient

    def infer_shape(self, node: Apply[Any], shapes: Any) -> Any:
        return [(), shapes[0]]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        if not isinstance(cotangents[1].type, DisconnectedType):
            raise NotImplementedError("the compiled density has no second derivatives")
        return [cotangents[0] * outputs[1], DisconnectedType()()]

    def connection_pattern(self, node: Apply[Any]) -> list[list[bool]]:
        return [[True, True], [False, False]]


@numba_basic.register_funcify_default_op_cache_key(_LogDensity)
def _numba_log_density(op: _LogDensity, node: Apply[Any], **kwargs: Any) -> Any:
    llvmlite.binding.add_symbol(_SYMBOL, machine_code().address)
    log_density_at: Any = types.ExternalFunction(_SYMBOL, SIGNATURE)

    @numba_basic.numba_njit
    def log_density_and_gradient(x, words):
        gradient, value = np.empty(x.size), np.empty(1)
        status = -1
        if words.size == words[1]:
            status = log_density_at(x.size, x.ctypes, gradient.ctypes, value.ctypes, words.ctypes)
        if status < 0:
            value[0] = np.nan
        return np.array(value[0]), gradient

    return log_density_and_gradient, SOURCE


_log_density: Final = _LogDensity()


class CompiledModel(pm.Model):
    """The PyMC model of `build` with its unknowns alone, and the compiled density for theirs.

    Parameters
    ----------
    frame : Frame
    words : ndarray of int64
        As from `pack`.
    """

    def __init__(self, frame: Frame, words: Words) -> None:
        coords = {name: values for name, values in frame.coords.items() if values}
        super().__init__(coords=coords)
        with self:
            declare(frame, anchored=False)
        # Shared and not `pm.Data`, which would make them integers of 32 bits.
        self._words = pytensor.shared(words, name="words")

    def logp(self, vars: Any = None, jacobian: bool = True, sum: bool = True) -> Any:
        """Return the log density of everything, by the compiled operation.

        Raises
        ------
        NotImplementedError
            If a part of it is asked for; `build` makes the model whose parts have densities.
        """
        if vars is not None or not jacobian or not sum or self.potentials or self.observed_RVs:
            raise NotImplementedError(
                "the compiled density is that of all unknowns and all evidence together; "
                "for parts of it, or with anything added, use build(model)"
            )
        vector = pt.concatenate([value.ravel() for value in self.value_vars])
        density: Any = _log_density(vector, self._words)
        return density[0]


_COMPILED: OrderedDict[Any, Any] = OrderedDict()
_KEEP: Final = 8


def compiled_model(model: Model, frame: Frame, as_of: Month, *, direct: bool = True) -> Any:
    """Return a model as nutpie samples it, with the evidence that an ``as_of`` sees.

    Parameters
    ----------
    model : Model
    frame : Frame
    as_of : Month
    direct : bool
        Whether to go by `direct_model` where that is possible.

    Raises
    ------
    RuntimeError
        If the compiled density is not that of the model.
    """
    words = pack(problem_of(model, frame, as_of))
    check_density(model, frame, as_of, words)
    pm_model = CompiledModel(frame, words)
    shapes = [prior.mu.shape for prior in sampled_priors(frame)]
    found = direct_model(pm_model, shapes, words) if direct else None
    if found is None:
        found = _by_graph(pm_model, shapes).with_data(words=words)
    # Starts depend on priors, and the unknowns are stored under the names they are sampled by.
    return dataclasses.replace(
        found,
        initial_point_func=lambda seed: starting_point(frame, seed),
        reparameterized_names=[],
    )


def _by_graph(pm_model: CompiledModel, shapes: list[tuple[int, ...]]) -> Any:
    """Return what nutpie compiles of a model; models of one shape share it."""
    import nutpie

    key = tuple((v.name, shape) for v, shape in zip(pm_model.value_vars, shapes, strict=True))
    if key not in _COMPILED:
        # Nothing besides the unknowns is stored: the rest follows from them after sampling.
        _COMPILED[key] = nutpie.compile_pymc_model(pm_model, var_names=[], jitter_rvs=set())
        # The one used longest ago is given up first.
        if len(_COMPILED) > _KEEP:
            _COMPILED.popitem(last=False)
    _COMPILED.move_to_end(key)
    return _COMPILED[key]


def check_density(model: Model, frame: Frame, as_of: Month, words: Words) -> None:
    """Compare the compiled density with its NumPy form at a few points where chains may start.

    Raises
    ------
    RuntimeError
        If they differ.
    """
    rng = generator(0, "density")
    points = np.stack([starting_point(frame, int(rng.integers(2**31))) for _ in range(_CHECKED)])
    expected = log_density(model, frame, as_of, points)
    found = np.array([evaluate(point, words)[0] for point in points])
    if not np.allclose(found, expected, rtol=_TOLERANCE, atol=_LEAST, equal_nan=True):
        raise RuntimeError(
            f"the compiled density of {model.id!r} is {found.tolist()} where that of its parts is "
            f"{expected.tolist()}: this is a fault of the library, please report it; "
            "nuts_sampler='pymc' samples without the compiled density"
        )
