"""A saved posterior is believed where it is what was written, and what its own model calls for."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.inference.tree import MOST_BYTES
from withdrawal_risk.seals import read_sealed, write_sealed

Change = Callable[[h5py.File, Path], None]


@pytest.fixture(scope="module")
def few(posterior: wr.Posterior) -> wr.Posterior:
    """Twenty draws of each chain, as a fit of so many would be."""
    tree = xr.DataTree.from_dict(
        {
            name: group.dataset.isel(draw=slice(0, 20))
            if name != "prior" and group.sizes.get("draw") == 1000
            else group.dataset
            for name, group in posterior.tree.children.items()
        }
    )
    return wr.Posterior(
        tree=tree,
        model=posterior.model,
        as_of=posterior.as_of,
        settings=posterior.settings | {"draws": 20},
    )


@pytest.fixture(scope="module")
def saved(few: wr.Posterior, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("saved") / "few.nc"
    few.save(place)
    return place


def forged(saved: Path, place: Path, change: Change) -> Path:
    """Return the file as somebody leaves it who changes it and can seal it again."""
    buffer = io.BytesIO(read_sealed(saved, most=MOST_BYTES))
    with h5py.File(buffer, "r+") as file:
        change(file, place.parent)
    write_sealed(place, buffer.getvalue())
    return place


def _manifest(change: Callable[[dict[str, Any]], None]) -> Change:
    def apply(file: h5py.File, folder: Path) -> None:
        manifest = json.loads(file.attrs["withdrawal_risk"])
        change(manifest)
        file.attrs["withdrawal_risk"] = json.dumps(manifest)

    return apply


def _values(name: str, change: Callable[[Any], None]) -> Change:
    def apply(file: h5py.File, folder: Path) -> None:
        values = file[name][()]
        change(values)
        file[name][()] = values

    return apply


def _external_link(file: h5py.File, folder: Path) -> None:
    with h5py.File(folder / "other.h5", "w") as other:
        other["level"] = file["posterior/level"][()]
        for k, dim in enumerate(("chain", "draw", "month", "factor")):
            other[dim] = file[f"posterior/{dim}"][()]
            other[dim].make_scale(dim)
            other["level"].dims[k].attach_scale(other[dim])
    del file["posterior/level"]
    file["posterior/level"] = h5py.ExternalLink(str(folder / "other.h5"), "level")


def _soft_link(file: h5py.File, folder: Path) -> None:
    file.move("posterior/weight", "posterior/step2")
    file["posterior/weight"] = h5py.SoftLink("/posterior/step2")


def _again(file: h5py.File, name: str, **how: Any) -> None:
    """Make an array anew, with the same shape, type and dimensions."""
    old = file[name]
    values, dims = old[()], [str(next(iter(dim.values())).name) for dim in old.dims]
    del file[name]
    new = file.create_dataset(name, shape=values.shape, dtype=values.dtype, **how)
    if "external" not in how:
        new[()] = values
    for k, dim in enumerate(dims):
        new.dims[k].attach_scale(file[dim])


def _external_storage(file: h5py.File, folder: Path) -> None:
    size = file["posterior/weight"].size * 8
    (folder / "secret").write_bytes(b"s" * size)
    _again(file, "posterior/weight", external=[(str(folder / "secret"), 0, size)])


def _virtual(file: h5py.File, folder: Path) -> None:
    layout = h5py.VirtualLayout(shape=file["posterior/weight"].shape, dtype="f8")
    dims = [str(next(iter(dim.values())).name) for dim in file["posterior/weight"].dims]
    del file["posterior/weight"]
    new = file.create_virtual_dataset("posterior/weight", layout, fillvalue=0.0)
    for k, dim in enumerate(dims):
        new.dims[k].attach_scale(file[dim])


def _swapped_dims(file: h5py.File, folder: Path) -> None:
    array = file["posterior/half_life"]
    array.dims[2].detach_scale(file["posterior/latent"])
    array.dims[2].attach_scale(file["posterior/factor"])


FORGED: dict[str, tuple[Change, str]] = {
    "format": (_manifest(lambda m: m.update(format=99)), "has format 99 and this version reads 4; fit the model again"),
    "model": (_manifest(lambda m: m.update(model="id: x")), "cannot be opened: model.yaml"),
    "evidence": (_manifest(lambda m: m.update(evidence=m["evidence"].replace(",40,", ",41,"))), "observed_data/observed_count is not what its own files say"),
    "as_of": (_manifest(lambda m: m.update(as_of="2023-06")), "cannot be opened: it holds"),
    "draws": (_manifest(lambda m: m["settings"].update(draws=21)), "is not an array of float64 of shape (4, 21"),
    "many draws": (_manifest(lambda m: m["settings"].update(draws=10**6, chains=1000)), "need about"),
    "diagnostics": (_manifest(lambda m: m["settings"]["diagnostics"].pop("rhat_max")), "its diagnostics are not those of a fit"),
    "divergences": (_manifest(lambda m: m["settings"]["diagnostics"].update(divergences=5)), "its divergences are not those"),
    "no manifest": (lambda file, folder: file.attrs.__delitem__("withdrawal_risk"), "is not a posterior that Posterior.save wrote"),
    "deep manifest": (lambda file, folder: file.attrs.__setitem__("withdrawal_risk", "[" * 20_000), "is not a posterior that Posterior.save wrote"),
    "nan": (_values("posterior/level", lambda v: v.fill(np.nan)), "whether they are finite numbers"),
    "policy": (_values("constant_data/policy_level", lambda v: v.fill(1.5)), "constant_data/policy_level is not what its own files say"),
    "external link": (_external_link, "level is missing or leads to another place"),
    "soft link": (_soft_link, "it holds 'step2', which no fit has"),
    "external storage": (_external_storage, "posterior/weight lies in another file"),
    "virtual": (_virtual, "posterior/weight lies in another file"),
    "filter": (lambda file, folder: _again(file, "posterior/weight", compression="lzf"), "is stored in pieces, which save does not do"),
    "type": (lambda file, folder: _retyped(file), "is not an array of float64"),
    "more": (lambda file, folder: file.create_group("secrets") and None, "it holds 'secrets', which no fit has"),
    "more arrays": (lambda file, folder: file.__setitem__("prior/secret", np.zeros(3)), "it holds 'secret', which no fit has"),
    "fewer": (lambda file, folder: file.__delitem__("posterior/weight"), "weight is missing or leads to another place"),
    "large pieces": (lambda file, folder: _large(file), "is stored in pieces, which save does not do"),
    "dims": (_swapped_dims, "has dimensions"),
    "unpacking": (lambda file, folder: _unpacking(file, 1), "is stored in pieces, which save does not do"),
    "unpacking twice": (lambda file, folder: _unpacking(file, 2), "is stored in pieces, which save does not do"),
    "never stored": (lambda file, folder: _never_stored(file), "is not stored in full"),
    "kind of a diagnostic": (_manifest(lambda m: m["settings"]["diagnostics"].update(rhat_max="x")), "its diagnostics are not those of a fit"),
    "text of a diagnostic": (_manifest(lambda m: m["settings"]["diagnostics"].update(unsettled="\x1b[31m")), "its diagnostics are not those of a fit"),
    "below nought": (_values("posterior/half_life", lambda v: v.fill(-1.0)), "posterior/half_life holds what is not above 0"),
}  # fmt: skip


def _retyped(file: h5py.File) -> None:
    values = file["posterior/weight"][()]
    del file["posterior/weight"]
    file["posterior/weight"] = values.astype("f4")


def _large(file: h5py.File) -> None:
    shape = file["posterior/weight"].shape
    del file["posterior/weight"]
    file.create_dataset(
        "posterior/weight", shape=shape, dtype="f8", maxshape=(None,) * 3, chunks=(2**10, 2**10, 1)
    )


def _unpacking(file: h5py.File, times: int) -> None:
    """Store megabytes of nothing in the place of some numbers: in a few hundred bytes where it is packed twice."""
    old = file["posterior/weight"]
    shape, dims = old.shape, [str(next(iter(dim.values())).name) for dim in old.dims]
    del file["posterior/weight"]
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk(shape)
    for _ in range(times):
        plan.set_deflate(1)
    h5py.h5d.create(
        file["posterior"].id, b"weight", h5py.h5t.NATIVE_DOUBLE, h5py.h5s.create_simple(shape), plan
    )
    new, content = file["posterior/weight"], bytes(2**24)
    for _ in range(times):
        content = zlib.compress(content)
    new.id.write_direct_chunk((0, 0, 0), content)
    for k, dim in enumerate(dims):
        new.dims[k].attach_scale(file[dim])


def _never_stored(file: h5py.File) -> None:
    old = file["posterior/weight"]
    shape, dims = old.shape, [str(next(iter(dim.values())).name) for dim in old.dims]
    del file["posterior/weight"]
    new = file.create_dataset("posterior/weight", shape=shape, dtype="f8")
    for k, dim in enumerate(dims):
        new.dims[k].attach_scale(file[dim])


@pytest.mark.parametrize("case", FORGED)
def test_what_a_fit_of_its_model_would_not_hold_is_refused(
    case: str, saved: Path, tmp_path: Path
) -> None:
    change, told = FORGED[case]
    place = forged(saved, tmp_path / "forged.nc", change)
    said = refusal(lambda: wr.open_posterior(place))
    assert told in said and str(place) in said and len(said) < 2000


def test_saving_carries_no_other_file_out(saved: Path, tmp_path: Path) -> None:
    place = forged(saved, tmp_path / "forged.nc", _external_storage)
    assert refusal(lambda: wr.open_posterior(place).save(tmp_path / "out.nc"))
    assert not (tmp_path / "out.nc").exists()


@pytest.mark.parametrize("damage", ["a bit", "cut short", "empty", "text", "longer"])
def test_damage_is_named(damage: str, saved: Path, tmp_path: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 1
    damaged = {
        "a bit": bytes(content), "cut short": saved.read_bytes()[:-1000], "empty": b"", "text": b"not a posterior",
        "longer": saved.read_bytes() + b"x",
    }  # fmt: skip
    place = tmp_path / "damaged.nc"
    place.write_bytes(damaged[damage])
    said = refusal(lambda: wr.open_posterior(place))
    assert said.startswith(f"{place}: was ") and "write it again" in said


def test_what_is_opened_is_what_was_saved(few: wr.Posterior, saved: Path) -> None:
    opened = wr.open_posterior(saved)
    assert opened.digest == few.digest and opened.model == few.model
    for name, group in few.tree.children.items():
        xr.testing.assert_identical(
            opened.tree[name].dataset.drop_attrs(), group.dataset.drop_attrs()
        )


def test_other_readers_of_netcdf_read_it(few: wr.Posterior, saved: Path) -> None:
    with xr.open_datatree(saved, engine="h5netcdf") as tree:
        np.testing.assert_array_equal(tree["posterior"]["level"], few.tree["posterior"]["level"])
        assert tree["posterior"]["month"].dtype.kind == "M"


def test_a_tree_that_no_fit_has_is_not_saved(few: wr.Posterior, tmp_path: Path) -> None:
    more = few.tree.copy()
    more["mine"] = xr.DataTree(xr.Dataset({"x": 1}))
    less = few.tree.copy()
    less["posterior"] = xr.DataTree(less["posterior"].dataset.drop_vars("weight"))
    for tree, told in ((more, "it holds mine too"), (less, "posterior holds")):
        other = wr.Posterior(tree=tree, model=few.model, as_of=few.as_of, settings=few.settings)
        assert told in refusal(lambda other=other: other.save(tmp_path / "x.nc"))  # type: ignore[misc]
    assert list(tmp_path.iterdir()) == []
