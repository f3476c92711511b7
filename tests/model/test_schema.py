"""The schema for editors: fresh, true of shipped files, false of broken ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from withdrawal_risk.model.document import Document
from withdrawal_risk.model.schema import json_schema, keys_text, schema_text

ROOT = Path(__file__).parents[2]
FILES = [*sorted(ROOT.glob("models/*/model.yaml")), ROOT / "tests/data/small/model.yaml"]


def test_the_file_in_docs_is_fresh() -> None:
    assert (ROOT / "docs" / "model.schema.json").read_text(encoding="utf-8") == schema_text(), (
        "run `make schema`"
    )
    keys = (ROOT / "docs" / "model-keys.md").read_text(encoding="utf-8")
    assert keys == keys_text(), "run `make schema`"


def test_every_key_is_described() -> None:
    """What an editor shows beside a key, and the page of all keys."""
    schema = json_schema()
    described = {
        (name, key): value.get("description", "")
        for name, item in {"ModelSpec": schema, **schema["$defs"]}.items()
        for key, value in item.get("properties", {}).items()
    }
    assert len(described) > 150
    assert [place for place, text in described.items() if len(text) < 8] == []


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.parent.name)
def test_files_that_load_are_valid(file: Path) -> None:
    jsonschema.validate(
        Document.parse(file.read_text(encoding="utf-8"), str(file)).data, json_schema()
    )


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("time", "start"), "2023"),
        (("edges", 0, "weight"), "strong"),
        (("edges", 0, "weigth"), "+strong"),
        (("factors", "tension", "worse"), "sideways"),
        (("indicators", "incidents", "polarity"), "0"),
    ],
)
def test_broken_files_are_not(place: tuple[Any, ...], value: Any, small_text: str) -> None:
    data = Document.parse(small_text, "model.yaml").data
    inner: Any = data
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema())
