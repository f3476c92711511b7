"""What a notebook shows of every answer: sentence, picture, tables; from the right where Arabic."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import html5lib
import pytest

import withdrawal_risk as wr
from withdrawal_risk.language import LANGUAGES

FEW = {"futures": 4}

ANSWERS: dict[str, tuple[Callable[[wr.Posterior], object], int, int]] = {
    # The question, pictures, tables.
    "outlook": (lambda p: wr.outlook(p), 1, 2),
    "do": (lambda p: wr.do(p, {"gaps": 0}), 1, 1),
    "observe": (lambda p: wr.observe(p, {"incidents": 9}, month="2024-01"), 1, 1),
    "scenarios": (lambda p: wr.scenarios(p), 1, 2),
    "attribution": (lambda p: wr.attribution(p, "calm", draws=50), 1, 1),
    "drivers": (lambda p: wr.drivers(p, "calm"), 1, 1),
    "drivers alone": (lambda p: wr.drivers(p, "calm", set_ends=False), 1, 1),
    "effects": (lambda p: wr.effects(p, "tension", "calm"), 1, 1),
    "watch": (lambda p: wr.watch_list(p, months=1), 1, 1),
    "tripwires": (lambda p: wr.tripwires(p, "calm"), 0, 1),
    "reach": (lambda p: wr.reach(p, "calm", probability=0.5, draws=50), 1, 1),
    "by_when": (lambda p: wr.by_when(p, "calm"), 1, 1),
    "probability": (lambda p: wr.probability(p, "gaps at_most medium"), 0, 1),
    "interval": (lambda p: wr.explain_interval(p, "calm"), 0, 1),
    "sensitivity": (lambda p: wr.sensitivity(p, "calm"), 1, 2),
    "preliminary": (lambda p: wr.preliminary(p.model), 0, 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer(posterior: wr.Posterior, name: str) -> None:
    ask, pictures, tables = ANSWERS[name]
    answer = ask(posterior)
    for lang, words in LANGUAGES.items():
        text = answer.show(lang).html  # type: ignore[attr-defined]
        html5lib.HTMLParser(strict=True).parseFragment(text)
        assert text.startswith(f'<div lang="{lang}" dir="{words.direction}">')
        assert text.count("<img") == pictures and text.count("<table") == tables
        for picture in re.findall(r'src="data:image/png;base64,([^"]+)"', text):
            assert base64.b64decode(picture).startswith(b"\x89PNG")
        assert "http" not in text
    assert answer._repr_html_() == answer.show("en").html  # type: ignore[attr-defined]


def test_labels_are_escaped(posterior: wr.Posterior) -> None:
    from tests.variants import with_text

    hostile = with_text(posterior, ("en: Calm,", 'en: "<script>x</script>",'))
    assert "<script" not in wr.outlook(hostile).show().html
