"""The JSON Schema of model files, for editors that check while one types.

``python -m withdrawal_risk.model.schema FILE`` writes it. It knows the shape of a file; what refers
to what is checked by ``withdrawal-risk check``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from withdrawal_risk.files import path_of, write_bytes
from withdrawal_risk.model.spec import ModelSpec

__all__ = ["json_schema", "keys_text", "schema_text"]


def json_schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12."""
    schema = ModelSpec.model_json_schema(by_alias=True)
    # The example is for readers of Python.
    schema["description"] = schema["description"].split("\n\nExamples\n")[0]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "withdrawal_risk model file",
    }


def schema_text() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def keys_text() -> str:
    """Return every key of a model file with its meaning and its default, as Markdown."""
    schema = json_schema()
    parts = [
        "# Every key of a model file",
        "Made by `make schema` from the descriptions in the code; [model-file.md](model-file.md) "
        "is the introduction.",
        _section("The file", schema),
    ]
    parts += [_section(name, item) for name, item in schema["$defs"].items()]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(name: str, item: dict[str, Any]) -> str:
    """Return the keys of one kind of element as a table."""
    if "properties" not in item:
        return ""
    required = item.get("required", [])
    rows = ["| key | | meaning |", "|---|---|---|"]
    for key, value in item["properties"].items():
        default = value.get("default")
        status = "required" if key in required else "optional"
        if default not in (None, {}, [], ()):
            status = f"default `{json.dumps(default)}`"
        rows.append(f"| `{key}` | {status} | {' '.join(value['description'].split())} |")
    about = " ".join(item.get("description", "").split())
    return "\n".join([f"## {name}", "", about, "", *rows])


if __name__ == "__main__":
    write_bytes(path_of(sys.argv[1]), schema_text().encode())
    write_bytes(path_of(sys.argv[2]), keys_text().encode())
