"""How the gallery runs the examples: few draws of large models, fits shared, a folder each.

An example is a script whose `main(folder, draws, tune)` writes its pictures into a folder. Here the
folder is given, the pictures are taken out of it, and `wr.fit` samples
less of a large model than it is asked to.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any, Final

from sphinx_gallery.scrapers import figure_rst

import withdrawal_risk as wr

DRAWS: Final = int(os.environ.get("DRAWS") or 80)
"""Of each chain; what people run has 2,000."""

TUNE: Final = max(120, DRAWS // 2)

SMALL: Final = 5
"""A model of so many factors is fitted as the example says: that takes a second or two."""

ORDER: Final = (
    "quickstart.py",
    "scenarios.py",
    "what_must_change.py",
    "watch_list.py",
    "compare_2011_2025.py",
    "seeing_is_not_doing.py",
    "own_model.py",
    "panel.py",
)
"""The order of the README."""

_fit = wr.fit


def _fit_quickly(model: wr.Model, **settings: Any) -> wr.Posterior:
    """Return the fit that all examples share, and the next build if nothing of it has changed."""
    if len(model.spec.factors) > SMALL:
        settings |= {"draws": DRAWS, "tune": TUNE}
    return _fit(model, **settings | {"progressbar": False, "cache": True})


def fit_few(_gallery: dict[str, Any], _name: str, when: str) -> None:
    """Put it in the place of `wr.fit` while an example runs; nothing is logged."""
    logging.getLogger().setLevel(logging.WARNING)
    wr.fit = _fit_quickly if when == "before" else _fit


class Folders:
    """A folder for each example, and the pictures that are found there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __repr__(self) -> str:
        """Return what stays the same from build to build."""
        return "Folders"

    def __call__(self, _gallery: dict[str, Any], script: dict[str, Any]) -> list[str]:
        """Return the arguments of a script: an empty folder."""
        folder = self.of(script)
        shutil.rmtree(folder, ignore_errors=True)
        # An example may read another that stands beside it.
        script["example_globals"]["__file__"] = script["src_file"]
        return [str(folder)]

    def of(self, script: dict[str, Any]) -> Path:
        """Return the folder of a script."""
        return self.root / Path(script["src_file"]).stem


class Pictures:
    """Takes the pictures that an example has written, in the order in which it wrote them."""

    def __init__(self, folders: Folders) -> None:
        self.folders = folders

    def __repr__(self) -> str:
        """Return what stays the same from build to build."""
        return "Pictures"

    def __call__(self, _block: Any, script: dict[str, Any], gallery: dict[str, Any]) -> str:
        """Return the pictures as reStructuredText."""
        written = self.folders.of(script).glob("*.png")
        places = []
        for picture in sorted(written, key=lambda place: place.stat().st_mtime_ns):
            place = next(script["image_path_iterator"])
            shutil.move(picture, place)
            places.append(place)
        return figure_rst(places, gallery["src_dir"]) if places else ""


def settings(root: Path) -> dict[str, Any]:
    """Return the settings of sphinx-gallery."""
    folders = Folders(root / "output" / "examples")
    os.environ["WITHDRAWAL_RISK_CACHE"] = str(root / "output" / "examples-cache")
    return {
        "examples_dirs": "../examples",
        "gallery_dirs": "gallery",
        "filename_pattern": r"\.py$",
        "within_subsection_order": _in_order,
        "reset_argv": folders,
        "reset_modules": (fit_few,),
        "reset_modules_order": "both",
        "image_scrapers": (Pictures(folders),),
        "doc_module": ("withdrawal_risk",),
        "reference_url": {"withdrawal_risk": None},
        "abort_on_example_error": True,
        # An example that is as it was is run again where another number of draws is asked for.
        "run_stale_examples": "DRAWS" in os.environ,
        # A notebook has no arguments of a command line.
        "notebook_extensions": set(),
        "download_all_examples": False,
        "write_computation_times": False,
        "min_reported_time": 10**6,
        "show_signature": False,
        "remove_config_comments": True,
    }


def _in_order(name: str) -> int:
    return ORDER.index(name)
