"""The live part as the report and notebooks take it: data, script and style."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES
from withdrawal_risk.reports.live.export import live_export
from withdrawal_risk.reports.live.labels import labels, not_live

__all__ = ["DRAWS", "LivePart", "live_part"]

DRAWS = 1000
"""Draws that a page has."""


@dataclass(frozen=True, kw_only=True)
class LivePart:
    """What a page needs to answer questions.

    Parameters
    ----------
    json : str
        For a script element of type ``application/json`` with the id ``live-data``; safe inside
        HTML.
    script : str
        Fills the element with the id ``live``.
    style : str
    not_live : dict of str to list of str
        By language: why some conditions are not available live.
    """

    json: str
    script: str
    style: str
    not_live: dict[str, list[str]]


def live_part(
    posterior: Posterior,
    draws: int = DRAWS,
    *,
    random_seed: int = 1,
    languages: Sequence[str] = tuple(LANGUAGES),
) -> LivePart | None:
    """Return the live part of a page about a posterior; None where no condition can be evaluated.

    Parameters
    ----------
    posterior : Posterior
    draws : int
        Evenly spaced.
    random_seed : int
        Of the futures.
    languages : sequence of str
        Those of the page.
    """
    export = live_export(posterior, draws=draws, random_seed=random_seed)
    if not export.data["conditions"]:
        return None
    data = export.data | {"labels": {lang: labels(export, lang) for lang in languages}}
    web = files("withdrawal_risk.reports").joinpath("web")
    return LivePart(
        json=in_html(data),
        script=web.joinpath("live.min.js").read_text(encoding="utf-8"),
        style=web.joinpath("live.css").read_text(encoding="utf-8"),
        not_live={lang: not_live(export, lang) for lang in languages},
    )


def in_html(data: object) -> str:
    """Return data as JSON that ends no script element, whatever texts are in it."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
