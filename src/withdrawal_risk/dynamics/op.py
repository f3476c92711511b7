"""The structural equation as a PyTensor operation, for inference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import DisconnectedType
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op
from pytensor.link.numba.dispatch import basic as numba_basic

from withdrawal_risk.dynamics.equation import PathInputs
from withdrawal_risk.dynamics.kernel import SOURCE, path, path_adjoint

__all__ = ["levels"]


class _Levels(Op):
    """Levels of every factor and month; inputs are the fields of `PathInputs`, in their order."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply[Any]:
        variables = [pt.as_tensor_variable(value) for value in inputs]
        return Apply(self, variables, [pt.matrix(dtype="float64")])

    def perform(self, node: Apply[Any], inputs: Any, output_storage: Any) -> None:
        output_storage[0][0] = path(PathInputs(*map(np.ascontiguousarray, inputs)))

    def infer_shape(self, node: Apply[Any], shapes: Any) -> Any:
        return [shapes[3]]

    def pullback(self, inputs: Any, outputs: Any, cotangents: Any) -> list[Any]:
        # The adjoint is an operation of its own, so that Numba compiles it into the gradient.
        bars: Any = _LevelsAdjoint()(cotangents[0], outputs[0], *inputs)
        disconnected = [DisconnectedType()() for _ in range(5)]
        return [*bars[:6], disconnected[0], bars[6], *disconnected[1:]]

    def connection_pattern(self, node: Apply[Any]) -> list[list[bool]]:
        return [[place not in (6, 8, 9, 10, 11)] for place in range(12)]


class _LevelsAdjoint(Op):
    """Gradients of a scalar with respect to the inputs of `_Levels` that have any."""

    __props__ = ()

    def make_node(self, *inputs: Any) -> Apply[Any]:
        variables = [pt.as_tensor_variable(value) for value in inputs]
        vector, matrix = pt.vector(dtype="float64").type, pt.matrix(dtype="float64").type
        kinds = [vector, vector, vector, matrix, vector, matrix, matrix]
        return Apply(self, variables, [kind() for kind in kinds])

    def perform(self, node: Apply[Any], inputs: Any, output_storage: Any) -> None:
        cotangent, level, *given = map(np.ascontiguousarray, inputs)
        gradients = path_adjoint(cotangent, level, PathInputs(*given))
        for storage, value in zip(output_storage, gradients, strict=True):
            storage[0] = value

    def infer_shape(self, node: Apply[Any], shapes: Any) -> Any:
        inputs = PathInputs(*shapes[2:])
        return [
            inputs.phi,
            inputs.weight,
            inputs.own_scale,
            inputs.drive,
            inputs.start,
            inputs.innovation,
            inputs.given,
        ]


@numba_basic.register_funcify_default_op_cache_key(_Levels)
def _numba_levels(op: _Levels, node: Apply[Any], **kwargs: Any) -> Any:
    # Numba wants every input of an operation as an argument of its own.
    @numba_basic.numba_njit
    def levels_forward(a, b, c, d, e, f, g, h, i, j, k, m):
        return path(PathInputs(a, b, c, d, e, f, g, h, i, j, k, m))

    return levels_forward, SOURCE


@numba_basic.register_funcify_default_op_cache_key(_LevelsAdjoint)
def _numba_levels_adjoint(op: _LevelsAdjoint, node: Apply[Any], **kwargs: Any) -> Any:
    @numba_basic.numba_njit
    def levels_backward(cotangent, level, a, b, c, d, e, f, g, h, i, j, k, m):
        return path_adjoint(cotangent, level, PathInputs(a, b, c, d, e, f, g, h, i, j, k, m))

    return levels_backward, SOURCE


def levels(inputs: PathInputs) -> Any:
    """Return the symbolic levels, shape (month, factor).

    Parameters
    ----------
    inputs : PathInputs
        Of tensors or arrays.
    """
    return _Levels()(*inputs)
