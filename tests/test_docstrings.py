"""The examples in docstrings run, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import withdrawal_risk as wr

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(wr.__path__, "withdrawal_risk.")
    if not module.name.endswith("__main__")
)


def examples() -> dict[str, doctest.DocTest]:
    """Return every docstring with an example, by name."""
    finder, found = doctest.DocTestFinder(exclude_empty=True), {}
    for name in MODULES:
        module = importlib.import_module(name)
        found |= {
            test.name: test for test in finder.find(module, name, module=module) if test.examples
        }
    return found


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, posterior: wr.Posterior, tmp_path: Path) -> None:
    test = EXAMPLES[name]
    test.globs.update({"wr": wr, "posterior": posterior, "folder": tmp_path})
    output: list[str] = []
    result: Any = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=output.append)
    assert result.failed == 0, "".join(output)


def test_every_public_name_has_an_example() -> None:
    without = [name for name in dir(wr) if ">>>" not in (getattr(wr, name).__doc__ or "")]
    assert without == []
