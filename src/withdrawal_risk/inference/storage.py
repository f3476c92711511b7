"""A posterior as the bytes of a NetCDF file and back: only what its model calls for is read."""

from __future__ import annotations

import dataclasses
import io
import json
from pathlib import Path
from typing import Any, Final

import h5py
import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.arguments import chosen, whole_number
from withdrawal_risk.characters import forbidden
from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.inference.alignment import check_as_of, fit_window
from withdrawal_risk.inference.defaults import MOST_CHAINS, MOST_DRAWS
from withdrawal_risk.inference.diagnostics import Diagnostics
from withdrawal_risk.inference.parameters import build_frame
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.inference.tree import Slot, Tree, check_memory
from withdrawal_risk.model.library import Model
from withdrawal_risk.seals import read_sealed

__all__ = ["FORMAT", "encode", "read_posterior"]

FORMAT: Final = 4

_MOST_BYTES: Final = 32 * 1024**3
"""Size of a file that is opened at most."""

_MANIFEST: Final = "withdrawal_risk"

_STORED: Final = {"bool": "int8"}
"""How NetCDF stores what it has no type for."""

_KINDS: Final = {"float": (float, int), "int": (int,), "bool": (bool,), "str": (str,)}
_DIAGNOSTICS: Final = {field.name: str(field.type) for field in dataclasses.fields(Diagnostics)}


def encode(posterior: Posterior) -> bytes:
    """Return a posterior as the content of a NetCDF file, made in memory.

    Raises
    ------
    WithdrawalRiskError
        If its tree is not the tree of a fit of its model.
    """
    from withdrawal_risk import __version__

    # The model says which arrays a fit has; a tree with others is not saved as one.
    expected = _tree_of(posterior.model, str(posterior.as_of), posterior.settings)
    arrays = {
        name: {str(key): array.values for key, array in group.dataset.data_vars.items()}
        for name, group in posterior.tree.children.items()
    }
    try:
        tree = expected.assemble({group: arrays.pop(group) for group in expected.slots()})
        if arrays:
            raise ValueError(f"it holds {', '.join(sorted(arrays))} too")
    except (KeyError, ValueError) as error:
        raise WithdrawalRiskError(
            f"posterior.tree is not as fit made it ({error}); save the tree itself with its "
            "to_netcdf"
        ) from None
    # Everything needed to open the file again, and to know what wrote it.
    manifest = {
        "format": FORMAT,
        "version": __version__,
        "model": posterior.model.model_text,
        "evidence": posterior.model.evidence_text,
        "as_of": str(posterior.as_of),
        "settings": posterior.settings,
    }
    tree.attrs = {_MANIFEST: json.dumps(manifest)}
    # Without compression: draws hardly become smaller, and take longer to write and to read.
    return bytes(tree.to_netcdf(engine="h5netcdf"))


def _tree_of(model: Model, as_of: str, settings: dict[str, Any]) -> Tree:
    """Return the tree that a fit of a model with some settings has."""
    month = check_as_of(model, as_of)
    return Tree(
        model,
        build_frame(model, fit_window(model, month)),
        month,
        draws=whole_number(settings["draws"], "draws", least=1, most=MOST_DRAWS),
        chains=whole_number(settings["chains"], "chains", least=1, most=MOST_CHAINS),
        store=chosen(settings["store"], "store", ("paths", "parameters")),
    )


def read_posterior(path: Path, model: Model | None = None) -> Posterior:
    """Return the posterior that is in a file.

    Parameters
    ----------
    path : Path
        Of a sealed file that holds what `encode` made.
    model : Model, optional
        Stands for that of the file if its texts are the same, which need not be read again.

    Raises
    ------
    WithdrawalRiskError
        If it cannot be read, or holds anything else than what `encode` makes of a fit of the model
        in it.
    """
    content = read_sealed(path, most=_MOST_BYTES)
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            manifest = json.loads(_text(file.attrs[_MANIFEST]))
            if manifest["format"] != FORMAT:
                raise WithdrawalRiskError(
                    f"it has format {manifest['format']!r} and this version reads {FORMAT}; fit "
                    "the model again, or open it "
                    f"with the version that wrote it, {manifest.get('version')!r}"
                )
            texts = manifest["model"], manifest["evidence"]
            if model is None or (model.model_text, model.evidence_text) != texts:
                model = Model.from_texts(*texts)
            settings = manifest["settings"]
            if not _are_diagnostics(settings["diagnostics"]):
                raise WithdrawalRiskError("its diagnostics are not those of a fit")
            expected = _tree_of(model, manifest["as_of"], settings)
            check_memory(expected)
            arrays: dict[str, dict[str, NDArray[Any]]] = {group: {} for group in expected.slots()}
            _refuse_others(file, set(arrays))
            for group, slots in expected.slots().items():
                labels = {dim for slot in slots.values() for dim in slot.dims}
                inside = _linked(file, group)
                if not isinstance(inside, h5py.Group):
                    raise WithdrawalRiskError(f"{group} is no group")
                _refuse_others(inside, {*slots, *labels})
                for name, slot in slots.items():
                    arrays[group][name] = _array(inside, name, slot)
            _agree(expected, arrays, settings)
            return Posterior(
                tree=expected.assemble(arrays), model=model, as_of=expected.as_of, settings=settings
            )
    except WithdrawalRiskError as error:
        raise WithdrawalRiskError(f"{path} cannot be opened: {error}") from None
    except Exception as error:
        # HDF5, JSON and NumPy each have errors of their own for what is not as it should be.
        raise WithdrawalRiskError(
            f"{path} is not a posterior that Posterior.save wrote ({type(error).__name__}); fit "
            "and save again"
        ) from None


def _are_diagnostics(diagnostics: dict[str, Any]) -> bool:
    """Say whether diagnostics are of the right types, without characters that nobody sees."""
    return set(diagnostics) == set(_DIAGNOSTICS) and all(
        type(value) in _KINDS[_DIAGNOSTICS[name]]
        and (not isinstance(value, str) or (len(value) < 300 and forbidden(value) is None))
        for name, value in diagnostics.items()
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _refuse_others(group: h5py.Group, names: set[str]) -> None:
    """Refuse what is not called for."""
    more = sorted({*group} - names)
    if more:
        raise WithdrawalRiskError(f"it holds {more[0][:60]!r}, which no fit has")


def _linked(group: h5py.Group, name: str) -> Any:
    """Return what a group holds itself, and not by a link that leads elsewhere."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise WithdrawalRiskError(f"{name} is missing or leads to another place")
    return group[name]


def _array(group: h5py.Group, name: str, slot: Slot) -> NDArray[Any]:
    """Return an array, if it is stored here with the shape and type that the model calls for."""
    stored = _linked(group, name)
    dtype = np.dtype(_STORED.get(slot.dtype, slot.dtype))
    if not isinstance(stored, h5py.Dataset) or stored.shape != slot.shape or stored.dtype != dtype:
        raise WithdrawalRiskError(
            f"{group.name}/{name} is not an array of {slot.dtype} of shape {slot.shape}"
        )
    plan = stored.id.get_create_plist()
    if stored.is_virtual or plan.get_external_count():
        raise WithdrawalRiskError(f"{group.name}/{name} lies in another file")
    # HDF5 unpacks a piece to whatever it holds before it looks at its size: a few kilobytes can
    # stand for any amount of memory. Arrays are written whole and unpacked.
    if stored.size and (stored.chunks is not None or plan.get_nfilters()):
        raise WithdrawalRiskError(
            f"{group.name}/{name} is stored in pieces, which save does not do"
        )
    dims = tuple(str(stored.dims[k].label or _scale_of(stored, k)) for k in range(len(slot.dims)))
    if dims != slot.dims:
        raise WithdrawalRiskError(
            f"{group.name}/{name} has dimensions {dims}; they must be {slot.dims}"
        )
    if stored.id.get_storage_size() != stored.size * dtype.itemsize:
        raise WithdrawalRiskError(f"{group.name}/{name} is not stored in full")
    return np.asarray(stored[()])


def _scale_of(dataset: h5py.Dataset, axis: int) -> str:
    """Return the name of the dimension that a NetCDF file gives an axis."""
    scales = list(dataset.dims[axis].values())
    return str(scales[0].name).rsplit("/", 1)[-1] if scales else ""


def _agree(
    tree: Tree, arrays: dict[str, dict[str, NDArray[Any]]], settings: dict[str, Any]
) -> None:
    """Refuse draws that contradict the model or the account that is given of them."""
    for group, expected in tree.given().items():
        for name, values in expected.items():
            if not np.array_equal(arrays[group][name].astype(values.dtype), values):
                raise WithdrawalRiskError(f"{group}/{name} is not what its own files say")
    for name, prior in tree.frame.priors.items():
        if prior.support == "real" or name not in arrays["posterior"]:
            continue
        if not (arrays["posterior"][name] > 0).all():
            raise WithdrawalRiskError(f"posterior/{name} holds what is not above 0")
        if prior.support == "share" and not (arrays["posterior"][name] < 1).all():
            raise WithdrawalRiskError(f"posterior/{name} holds what is not below 1")
    finite = all(np.isfinite(values).all() for values in arrays["posterior"].values())
    if finite != settings["diagnostics"]["finite"]:
        raise WithdrawalRiskError(
            "its diagnostics say of its draws what is not so: whether they are finite numbers"
        )
    if int(arrays["sample_stats"]["diverging"].sum()) != settings["diagnostics"]["divergences"]:
        raise WithdrawalRiskError("its divergences are not those that its diagnostics count")
