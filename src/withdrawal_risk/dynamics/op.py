"""The structural equation as a PyTensor operation, for inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch import basic as numba_basic

from withdrawal_risk.dynamics.kernel import SOURCE, path, path_adjoint
from withdrawal_risk.dynamics.structure import Structure

__all__ = ["levels"]


class _Levels(Op):
    """Levels of every factor and month; inputs in the order of `kernel.path`."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply[Any]:
        variables = [pt.as_tensor_variable(value) for value in inputs]
        return Apply(self, variables, [pt.matrix(dtype="float64")])

    def perform(self, node: Apply[Any], inputs: Any, output_storage: Any) -> None:
        output_storage[0][0] = path(*map(np.ascontiguousarray, inputs))

    def infer_shape(self, node: Apply[Any], shapes: Any) -> Any:
        return [shapes[3]]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        phi, weight, own_scale, drive, _, innovation, clamped, _, *edges = inputs
        bars: Any = _LevelsAdjoint()(
            cotangents[0], outputs[0], phi, weight, own_scale, drive, innovation, clamped, *edges
        )
        disconnected = [DisconnectedType()() for _ in range(4)]
        return [*bars[:6], disconnected[0], bars[6], *disconnected[1:]]

    def connection_pattern(self, node: Apply[Any]) -> list[list[bool]]:
        return [[place not in (6, 8, 9, 10)] for place in range(11)]


class _LevelsAdjoint(Op):
    """Gradients of a scalar with respect to the real inputs of `_Levels`."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply[Any]:
        variables = [pt.as_tensor_variable(value) for value in inputs]
        vector, matrix = pt.vector(dtype="float64").type, pt.matrix(dtype="float64").type
        kinds = [vector, vector, vector, matrix, vector, matrix, matrix]
        return Apply(self, variables, [kind() for kind in kinds])

    def perform(self, node: Apply[Any], inputs: Any, output_storage: Any) -> None:
        for storage, value in zip(output_storage, path_adjoint(*map(np.ascontiguousarray, inputs)), strict=True):
            storage[0] = value

    def infer_shape(self, node: Apply[Any], shapes: Any) -> Any:
        _, level, phi, weight, own_scale, drive, innovation, *_ = shapes
        return [phi, weight, own_scale, drive, phi, innovation, level]


@numba_basic.register_funcify_default_op_cache_key(_Levels)
def _numba_levels(op: _Levels, node: Apply[Any], **kwargs: Any) -> Any:
    @numba_basic.numba_njit
    def levels_forward(  # type: ignore[no-untyped-def]
        phi, weight, own_scale, drive, start, innovation, clamped, given, edge_start, edge_parent, edge_lag
    ):
        return path(
            phi, weight, own_scale, drive, start, innovation, clamped, given,
            edge_start, edge_parent, edge_lag,
        )  # fmt: skip

    return levels_forward, SOURCE


@numba_basic.register_funcify_default_op_cache_key(_LevelsAdjoint)
def _numba_levels_adjoint(op: _LevelsAdjoint, node: Apply[Any], **kwargs: Any) -> Any:
    @numba_basic.numba_njit
    def levels_backward(  # type: ignore[no-untyped-def]
        cotangent, level, phi, weight, own_scale, drive, innovation, clamped, edge_start, edge_parent, edge_lag
    ):
        return path_adjoint(
            cotangent, level, phi, weight, own_scale, drive, innovation, clamped,
            edge_start, edge_parent, edge_lag,
        )  # fmt: skip

    return levels_backward, SOURCE


def levels(
    structure: Structure,
    *,
    phi: Any,
    weight: Any,
    own_scale: Any,
    drive: Any,
    start: Any,
    innovation: Any,
    clamped: Any,
    given: Any,
) -> Any:
    """Return the symbolic levels, shape (month, factor).

    Parameters
    ----------
    structure : Structure
    phi, weight, own_scale, drive, start, innovation, clamped, given : tensor_like
        As in `kernel.path`.
    """
    return _Levels()(phi, weight, own_scale, drive, start, innovation, clamped, given, *structure.arrays)
