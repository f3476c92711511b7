"""The Nu Html Checker finds no error."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.browser.needs import java, node_module


def errors(file: Path) -> list[str]:
    checker = node_module("vnu-jar/build/dist/vnu.jar")
    run = subprocess.run(
        [java(), "-jar", str(checker), "--errors-only", "--format", "json", "--exit-zero-always", str(file)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [
        f"{item['message']} in {item.get('extract', '')}"
        for item in json.loads(run.stderr)["messages"]
    ]


@pytest.mark.parametrize("name", ["page_file", "hostile_file"])
def test_the_page_is_valid(request: pytest.FixtureRequest, name: str) -> None:
    node_module("vnu-jar/build/dist/vnu.jar")
    java()
    assert errors(request.getfixturevalue(name)) == []


def test_an_invalid_page_is_told(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html lang=en><title>x</title><p id=a><p id=a>", encoding="utf-8"
    )
    assert "Duplicate ID" in "".join(errors(page))
