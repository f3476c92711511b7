"""The rooms of the package lie in one direction, and the heavy guests stay in theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

from withdrawal_risk.families import FAMILIES
from withdrawal_risk.language import LANGUAGES

PACKAGE = Path(__file__).parents[1] / "src" / "withdrawal_risk"

MAP = (PACKAGE.parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")

ROOMS = (
    *(
        "characters",
        "errors",
        "compiler_folder",
        "files",
        "seals",
        "cores",
        "machine_code",
        "console",
    ),
    *("language", "elements", "arguments", "random", "experts", "families", "dynamics", "model"),
    *("exchange", "inference", "tasks", "simulation", "suggestion", "scoring", "ledger", "queries"),
    *("plots", "reports", "cli"),
)
"""In the order in which they stand on each other."""

PICTURED = frozenset(
    {
        *("language", "elements", "experts", "families", "dynamics", "model", "exchange"),
        *("inference", "tasks"),
        *("simulation", "suggestion", "scoring", "ledger", "queries", "plots", "reports", "cli"),
        "exchange",
    }
)
"""Rooms in the picture; the others are small helpers that any room may use."""

GUESTS = {
    "pymc": {"inference.build", "inference.operation", "inference.fit"},
    "pytensor": {
        *("inference.build", "inference.state_graph", "inference.operation", "inference.fit"),
        "dynamics.op",
    },
    "nutpie": {"inference.operation", "inference.direct", "inference.fit"},
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
                if ROOMS.index(other) > ROOMS.index(room):
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


def depends_on() -> dict[str, set[str]]:
    """Return the other rooms that each room imports."""
    rooms: dict[str, set[str]] = {room: set() for room in ROOMS}
    for name, file in modules().items():
        room = name.split(".")[0]
        others = {one.split(".")[1] for one in imports(file) if one.startswith("withdrawal_risk.")}
        rooms[room] |= others - {room}
    return rooms


def test_the_map_names_every_room() -> None:
    """ARCHITECTURE.md says what each room is about, and names none that is not there."""
    there = {name.split(".")[0] for name in modules()}
    named = {room for room in ROOMS if f"`{room}/`" in MAP or f"`{room}.py`" in MAP}
    assert there == set(ROOMS) and named == set(ROOMS)


def test_the_picture_shows_the_imports() -> None:
    """The arrows are the imports between rooms, without those that others imply."""
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", MAP, re.MULTILINE))
    graph = nx.DiGraph(
        (room, other)
        for room, others in depends_on().items()
        for other in others
        if {room, other} <= PICTURED
    )
    assert drawn == set(nx.transitive_reduction(graph).edges)


def compared(file: Path) -> Iterator[tuple[int, str, set[str]]]:
    """Yield line, text and strings of every comparison, lookup and match of a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare | ast.match_case):
            strings = {
                inner.value
                for inner in ast.walk(node)
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
            }
            line = node.lineno if isinstance(node, ast.Compare) else node.pattern.lineno
            yield line, ast.unparse(node), strings


def test_families_are_named_by_string_in_their_room_alone() -> None:
    """Elsewhere a family is asked, not recognised."""
    named = []
    for name, file in modules().items():
        if name.split(".")[0] == "families":
            continue
        for line, text, strings in compared(file):
            # "normal" and "lognormal" are kinds of prior too, and "count" is a method of lists.
            if "family" in text and strings & set(FAMILIES):
                named.append(f"{name}:{line}: {text}")
    assert named == []


def test_languages_are_compared_in_their_room_alone() -> None:
    """Elsewhere a language is asked for its words, its direction or its order."""
    branches = []
    for name, file in modules().items():
        if name.split(".")[0] == "language":
            continue
        branches += [
            f"{name}:{line}: {text}"
            for line, text, strings in compared(file)
            if strings & set(LANGUAGES)
        ]
    assert branches == []


def test_words_of_other_scripts_stand_in_their_language_alone() -> None:
    found = [
        name
        for name, file in modules().items()
        if name != "language.ar" and re.search("[\u0620-\u064a]", file.read_text("utf-8"))
    ]
    assert found == []
