"""The compiled density given to nutpie as it is, without a graph around it.

`operation` is the way by public functions: nutpie compiles a few lines of its own around the
density, anew for each shape of the unknowns. Here nutpie's own class of compiled models is filled
in by hand, which compiles nothing. Its fields are not documented, so they are compared with those
known, and where they differ the public way is taken.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from functools import cache
from typing import Any, Final

from numba import carray, types

from withdrawal_risk.inference.density import SOURCE, machine_code
from withdrawal_risk.inference.packing import Words
from withdrawal_risk.machine_code import compiled_for_c, named_after

__all__ = ["direct_model"]

_FIELDS: Final = {
    *("dims", "_coords", "_shapes", "_n_dim", "n_expanded", "shape_info", "reparameterized_names"),
    *("compiled_logp_func", "compiled_expand_func", "logp_func", "expand_func"),
    *("initial_point_func", "shared_data", "shared_var_keys", "user_data"),
    "_transform_adapt_args",
}
"""The fields of nutpie's class as they are known here."""

_EXPAND: Final = types.int64(
    types.uint64,
    types.uint64,
    types.CPointer(types.float64),
    types.CPointer(types.float64),
    types.voidptr,
)


def _expand(unknowns, expanded, x_at, out_at, words_at):
    """Store the vector as it is: the rest follows from it after sampling."""
    if unknowns != expanded:
        return -1
    carray(out_at, (unknowns,))[:] = carray(x_at, (unknowns,))
    return 0


@cache
def _expand_code() -> Any:
    return compiled_for_c(named_after(_expand, SOURCE), _EXPAND)


def direct_model(pm_model: Any, shapes: list[tuple[int, ...]], words: Words) -> Any:
    """Return a model as nutpie samples it; None where nutpie's class is not the one known here.

    Parameters
    ----------
    pm_model : pymc.Model
        Declares the unknowns, in the order of the vector.
    shapes : list of tuple of int
        Of the unknowns.
    words : ndarray of int64
        As from `pack`.
    """
    import pandas as pd
    from nutpie.compile_pymc import CompiledPyMCModel

    if {field.name for field in dataclasses.fields(CompiledPyMCModel)} != _FIELDS:
        return None
    names = [value.name for value in pm_model.value_vars]
    sizes = [math.prod(shape) for shape in shapes]
    ends = [0, *itertools.accumulate(sizes)]
    dims = {
        value.name: pm_model.named_vars_to_dims[variable.name]
        for variable, value in zip(pm_model.free_RVs, pm_model.value_vars, strict=True)
    }
    return CompiledPyMCModel(
        dims=dims,
        _coords={name: pd.Index(labels) for name, labels in pm_model.coords.items()},
        _shapes=dict(zip(names, shapes, strict=True)),
        _n_dim=ends[-1],
        n_expanded=ends[-1],
        shape_info=(names, [slice(*pair) for pair in itertools.pairwise(ends)], shapes),
        reparameterized_names=[],
        compiled_logp_func=machine_code(),
        compiled_expand_func=_expand_code(),
        logp_func=None,
        expand_func=None,
        initial_point_func=None,
        shared_data={"words": words},
        shared_var_keys={},
        user_data=words,
    )
