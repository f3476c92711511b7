"""The rooms of the package lie in one direction, and the heavy guests stay in theirs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "withdrawal_risk"

ROOMS = (
    "characters", "errors", "language", "compiler_folder", "files", "seals", "cores", "machine_code", "families", "dynamics", "model",
    "arguments", "random", "inference", "simulation", "queries", "plots", "reports", "tasks", "console", "cli",
)  # fmt: skip
"""In the order in which they stand on each other."""

ALLOWED_BACK = {("queries", "tasks")}
"""`history` is a question and a sweep."""

GUESTS = {
    "pymc": {"inference.build", "inference.fit"},
    "pytensor": {"inference.build", "inference.fit", "dynamics.op"},
    "nutpie": {"inference.fit"},
    "matplotlib": {"plots", "reports"},
}


def imports(file: Path) -> Iterator[str]:
    """Yield what a file imports, anywhere in it, but for type checkers."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    hidden = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "withdrawal_risk":
            yield from (
                f"withdrawal_risk.{alias.name}"
                for alias in node.names
                if alias.name != "__version__"
            )
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def modules() -> dict[str, Path]:
    names = {
        file: file.relative_to(PACKAGE).with_suffix("").as_posix().replace("/", ".")
        for file in PACKAGE.rglob("*.py")
    }
    return {
        name.removesuffix(".__init__"): file
        for file, name in names.items()
        if name not in ("__init__", "__main__")
    }


def test_rooms_stand_on_each_other_in_one_direction() -> None:
    against = []
    for name, file in modules().items():
        room = name.split(".")[0]
        for imported in imports(file):
            if imported.startswith("withdrawal_risk."):
                other = imported.split(".")[1]
                if ROOMS.index(other) > ROOMS.index(room) and (room, other) not in ALLOWED_BACK:
                    against.append(f"{name} imports {imported}")
    assert against == []


def test_heavy_libraries_stay_in_their_rooms() -> None:
    astray = []
    for name, file in modules().items():
        for imported in imports(file):
            places = GUESTS.get(imported.split(".")[0])
            if places is not None and not any(
                name == place or name.startswith(f"{place}.") for place in places
            ):
                astray.append(f"{name} imports {imported}")
    assert astray == []


def test_the_map_names_every_room() -> None:
    """ARCHITECTURE.md says what each room is about, and speaks of none that is not there."""
    text = (PACKAGE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
    there = {name.split(".")[0] for name in modules()} | {"dynamics", "model", "families"}
    named = {room for room in ROOMS if f"`{room}/`" in text or f"`{room}.py`" in text}
    assert there == set(ROOMS) and named == set(ROOMS)
