"""CPU seconds of a process up to its first draw: from empty caches, again, and after every kind of edit.

    python -m benchmarks.first_answer
    python -m benchmarks.first_answer --beside OTHER/src

Every line is a process of its own, on caches that the first two have filled. With `--beside` the package in another
folder does the same in turns, and the last column is the ratio.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRAWN = """
import os, resource, sys
import nutpie
import withdrawal_risk as wr

sample = nutpie.sample

def one_draw(compiled, **settings):
    settings |= {"draws": 10, "tune": 10, "chains": 1, "blocking": True}
    sample(compiled, **settings)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, flush=True)
    os._exit(0)

nutpie.sample = one_draw
wr.fit(wr.load_model(sys.argv[1]), progressbar=False)
"""
"""A fit that ends with its first draws, and says how much it has worked."""

INDICATOR = """\
  extra_reports:
    measures: isis_activity
    family: lognormal
    label: Extra reports
    unit: reports
    polarity: +
    at_reference: {p5: 50, p95: 200}
    ratio_per_level: {p5: 1.2, p95: 2}
    error: {p5: 0.2, p95: 0.5}
    basis: "judgement: invented"
    why: It is invented.
"""
EDGE = """\
  - {from: isis_activity, to: investor_confidence, weight: -weak, basis: "judgement: invented", why: It is invented.}
"""
EDITS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "one number": (lambda text: text.replace("{p5: 2, p95: 9}", "{p5: 2, p95: 8.5}", 1), str),
    "one evidence row": (
        str, lambda rows: rows.rstrip("\n") + "\n" + _row(rows) + "\n",
    ),
    "one edge": (lambda text: text.replace("edges:\n", "edges:\n" + EDGE, 1), str),
    "one indicator": (lambda text: text.replace("indicators:\n", "indicators:\n" + INDICATOR, 1), str),
}  # fmt: skip


def _row(rows: str) -> str:
    """Return the last row under another name."""
    last = rows.rstrip("\n").splitlines()[-1]
    return "extra_row," + last.split(",", 1)[1]


def _seconds(source: Path, model: str, caches: Path) -> float:
    environment = os.environ | {
        "PYTHONPATH": str(source),
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "PYTENSOR_FLAGS": f"base_compiledir={caches / 'pytensor'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", DRAWN, model],
        env=environment, capture_output=True, text=True, check=False, cwd=caches,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr)
    return float(done.stdout)


def _models(folder: Path) -> dict[str, str]:
    """Return what is fitted, by what is said of it."""
    shipped = ROOT / "models" / "iraq-2025"
    models = {"empty caches": str(shipped), "a second process": str(shipped)}
    for name, (text, rows) in EDITS.items():
        place = folder / name.replace(" ", "_")
        place.mkdir()
        for file, change in (("model.yaml", text), ("evidence.csv", rows)):
            old = (shipped / file).read_text(encoding="utf-8")
            (place / file).write_text(change(old), encoding="utf-8")
        models[name] = str(place)
    return models | {"another model": str(ROOT / "tests" / "data" / "small")}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="folder of the package in another version")
    other = parser.parse_args().beside
    sources = [ROOT / "src", *([other.resolve()] if other else [])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(len(sources)):
            (folder / f"caches{number}").mkdir()
        for what, model in _models(folder).items():
            seconds = [
                _seconds(source, model, folder / f"caches{number}")
                for number, source in enumerate(sources)
            ]
            beside = f"{seconds[1]:8.1f} {seconds[0] / seconds[1]:6.2f}" if other else ""
            print(f"{what:<20}{seconds[0]:6.1f} CPU s{beside}", flush=True)


if __name__ == "__main__":
    main()
