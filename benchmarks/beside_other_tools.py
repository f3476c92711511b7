"""One small task in pgmpy, pyAgrum, dowhy.gcm, pathmc and this library, written into a page.

    python -m benchmarks.beside_other_tools [--tool NAME]

Each tool runs in a process of its own, so that its imports are its own. Without ``--tool``, what stands between the marks
of ``docs/beside-other-tools.md`` is written anew; with it, the answers of one tool are printed as JSON.
"""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from benchmarks.beside.task import (
    QUESTIONS,
    Tool,
    Way,
    enumerated,
    level_had_control_been_firm,
    lines,
)
from benchmarks.beside.with_dowhy import TOOL as DOWHY
from benchmarks.beside.with_library import TOOL as LIBRARY
from benchmarks.beside.with_pathmc import TOOL as PATHMC
from benchmarks.beside.with_pgmpy import TOOL as PGMPY
from benchmarks.beside.with_pyagrum import TOOL as PYAGRUM

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "beside-other-tools.md"
TOOLS: Final = {tool.name: tool for tool in (PGMPY, PYAGRUM, DOWHY, PATHMC, LIBRARY)}
BY_HAND: Final = "by hand"

SET_UP: Final = (
    "Tool",
    "Version",
    "Given",
    "Lines",
    "Seconds to import",
    "Seconds to build or fit",
)
ANSWERS: Final = ("Tool", "Answer", "Call", "Lines", "Seconds")


def run(tool: Tool) -> dict[str, Any]:
    """Ask a tool all questions that it has a way for, with the seconds of each."""
    warnings.simplefilter("ignore")

    def timed(work: Any, *given: Any) -> tuple[Any, float]:
        began = time.perf_counter()
        answer = work(*given)
        return answer, time.perf_counter() - began

    _, importing = timed(lambda: [importlib.import_module(name) for name in tool.modules])
    built, building = timed(tool.build)
    asked = {
        question: timed(way.ask, built)
        for question, way in tool.ways.items()
        if isinstance(way, Way)
    }
    return {
        "version": version(tool.distribution),
        "import": importing,
        "build": building,
        "answers": {question: answer for question, (answer, _) in asked.items()},
        "seconds": {question: seconds for question, (_, seconds) in asked.items()},
    }


def in_its_own_process(name: str) -> dict[str, Any]:
    """Run a tool where nothing else has been imported."""
    command = [sys.executable, "-m", "benchmarks.beside_other_tools", "--tool", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    answers: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answers


def number(answer: float | tuple[float, float]) -> str:
    """Write a number, or the two ends of an interval."""
    if isinstance(answer, (int, float)):
        return f"{answer:.3f}"
    return " to ".join(f"{end:.3f}" for end in answer)


def _seconds(seconds: float) -> str:
    return "<0.01" if seconds < 0.01 else f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}"


def table(heads: tuple[str, ...], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    written = [list(heads), ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in written)


def _answer_row(tool: Tool, question: str, ran: dict[str, Any]) -> list[str]:
    way = tool.ways[question]
    if isinstance(way, str):
        return [tool.name, way, "", "", ""]
    answer = number(ran["answers"][question])
    about = f" ({way.about})" if way.about else ""
    seconds = _seconds(ran["seconds"][question])
    return [tool.name, answer + about, f"`{way.call}`", str(lines(way.ask)), seconds]


def part(ran: dict[str, dict[str, Any]]) -> str:
    """Write the tables of what every tool answered."""
    set_up = [
        [
            tool.name,
            ran[name]["version"],
            tool.form,
            str(lines(tool.build) + tool.more_lines),
            _seconds(ran[name]["import"]),
            _seconds(ran[name]["build"]),
        ]
        for name, tool in TOOLS.items()
    ]
    texts = ["### Set up", table(SET_UP, set_up)]
    for (question, words), exact in zip(QUESTIONS.items(), enumerated().values(), strict=True):
        rows = [[BY_HAND, number(exact), "enumeration", "", ""]]
        rows += [_answer_row(tool, question, ran[name]) for name, tool in TOOLS.items()]
        texts += [f"### {words}", table(ANSWERS, rows)]
    return "\n\n".join(texts)


def main() -> None:
    """Run one tool, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", choices=TOOLS)
    given = parser.parse_args()
    if given.tool:
        print(json.dumps(run(TOOLS[given.tool])))
        return
    answers = part({name: in_its_own_process(name) for name in TOOLS})
    parts = {"answers": f"\n{answers}\n", "level": number(level_had_control_been_firm())}
    page = PAGE.read_text(encoding="utf-8")
    for name, text in parts.items():
        before, rest = page.split(f"<!-- {name} -->", 1)
        page = f"{before}<!-- {name} -->{text}<!-- end -->{rest.split('<!-- end -->', 1)[1]}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
