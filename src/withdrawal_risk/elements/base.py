"""What all elements share: frozen data, ids, numbers, and words for people in any language."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.language import LANGUAGES, checked_language

__all__ = [
    "IDENTIFIER",
    "RESERVED",
    "Basis",
    "Frozen",
    "Identifier",
    "Number",
    "Sentence",
    "Text",
    "TextLike",
    "check_order",
    "refuse",
]

IDENTIFIER: Final = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
"""What an id of a factor, policy, indicator, event, condition or scenario looks like."""

RESERVED: Final = frozenset(
    {"chain", "draw", "sample", "factor", "latent", "month", "step", "edge", "indicator"}
    | {"evidence", "future", "level", "others", "baseline"}
)
"""Names of dimensions and of parts of answers, which no element may take."""


def refuse(message: str, **values: Any) -> PydanticCustomError:
    """Return the error that a validator raises, with a message in the library's own words."""
    return PydanticCustomError("value", message, values)


def check_order(first: Month, last: Month) -> None:
    """Refuse a span of months that ends before it begins."""
    if last < first:
        raise refuse("'to' {to} is before 'from' {start}", to=str(last), start=str(first))


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise refuse("{value} is not a finite number; write an ordinary number", value=str(value))
    return value


def _identifier(value: str) -> str:
    if not IDENTIFIER.fullmatch(value):
        raise refuse(
            "{value} is not a valid id; use lower-case letters, digits and underscores, beginning "
            "with a letter, at most 63 characters",
            value=quoted(value),
        )
    if value in RESERVED:
        raise refuse(
            "{value} is reserved for arrays and answers; choose another id", value=quoted(value)
        )
    return value


# Strict, so that neither a number in quotes nor true or false is taken for a number.
Number = Annotated[float, Field(strict=True), AfterValidator(_finite)]
Identifier = Annotated[str, AfterValidator(_identifier)]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Frozen(BaseModel):
    """Immutable, and strict about keys it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )


class Text(Frozen):
    """Words shown to people, in English and in any other language of the library."""

    # Translations are extra keys; `_known_languages` refuses all other ones.
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Sentence | None]

    en: Sentence
    """English, which is shown where another language is missing."""

    @model_validator(mode="after")
    def _known_languages(self) -> Self:
        # Languages are found when the library is imported; a file may use any of them.
        for code in self.__pydantic_extra__ or {}:
            if code not in LANGUAGES:
                raise refuse(
                    "{code} is not a language of this library; write {valid}",
                    code=quoted(code),
                    valid=", ".join(LANGUAGES),
                )
        return self

    def __getitem__(self, lang: str) -> str:
        return (self.__pydantic_extra__ or {}).get(checked_language(lang)) or self.en

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        # Editors offer every language, though only English is a declared field.
        for code, item in LANGUAGES.items():
            text = {"type": "string", "minLength": 1, "title": code}
            described["properties"].setdefault(code, text | {"description": f"In {item.name}."})
        return described | {"additionalProperties": False}


TextLike = Annotated[
    Text,
    BeforeValidator(
        lambda value: {"en": value} if isinstance(value, str) else value,
        json_schema_input_type=str | Text,
    ),
]
"""A `Text`; a bare string is English alone."""

Basis = Annotated[
    tuple[Sentence, ...],
    BeforeValidator(
        lambda value: [value] if isinstance(value, str) else value,
        json_schema_input_type=str | tuple[str, ...],
    ),
    Field(min_length=1),
]
"""What an element rests on: claims of the text, sources, judgements with a reason."""
