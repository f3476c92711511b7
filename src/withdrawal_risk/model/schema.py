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

__all__ = ["json_schema", "schema_text"]


def json_schema() -> dict[str, Any]:
    """Return the schema, draft 2020-12."""
    schema = ModelSpec.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "withdrawal_risk model file",
    }


def schema_text() -> str:
    """Return the schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write_bytes(path_of(sys.argv[1]), schema_text().encode())
