"""The canonical order of a model file: the same data, the same comments, other lines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML
from tests.cli.test_commands import run
from tests.refusals import refusal

import withdrawal_risk as wr
from withdrawal_risk.model.canonical import canonical

SHUFFLED = """\
# About the file.

factors:
  # About b.
  b:
    why: It is.   # at the end
    # About the basis,
    # in two lines.
    basis: "judgement: x"
    label: B
    half_life:
      p95: 4
      p5: 2
    role: driver
    worse: high

  a: {role: outcome, label: A}
# About the title.
title: T


id: x
edges:
  - to: a
    from: b
"""

ORDERED = """\
# About the file.

id: x
# About the title.
title: T


factors:
  # About b.
  b:
    role: driver
    label: B
    worse: high

    half_life:
      p95: 4
      p5: 2
    # About the basis,
    # in two lines.
    basis: "judgement: x"
    why: It is.   # at the end
  a: {role: outcome, label: A}
edges:
  - to: a
    from: b
"""


def test_keys_move_with_their_comments() -> None:
    assert canonical(SHUFFLED, "m") == ORDERED
    assert canonical(ORDERED, "m") == ORDERED
    assert canonical(SHUFFLED.replace("\n", "\r\n"), "m") == ORDERED.replace("\n", "\r\n")


def test_the_shipped_models_are_in_order() -> None:
    for name in wr.list_models():
        assert not wr.format_model(name, write=False)


@pytest.mark.parametrize("seed", range(8))
def test_any_order_becomes_the_same(seed: int, small_text: str) -> None:
    """Of keys at the top and in every factor, in block style; the data never change."""
    rng, plain = np.random.default_rng(seed), YAML(typ="safe", pure=True)
    ordered = canonical(small_text, "m")
    sections = [part for part in ("\n" + ordered).split("\n") if part]
    starts = [k for k, line in enumerate(sections) if line[0] not in " #"]
    pieces = [sections[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    shuffled = "\n".join(line for k in rng.permutation(len(pieces)) for line in pieces[k]) + "\n"
    assert canonical(shuffled, "m") == ordered
    assert plain.load(shuffled) == plain.load(ordered) == plain.load(small_text)


def test_what_is_no_yaml_is_left(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text("id: [\n", encoding="utf-8")
    assert "not valid YAML" in refusal(lambda: wr.format_model(tmp_path))
    assert file.read_text(encoding="utf-8") == "id: [\n"


def test_texts_over_lines_stay_whole() -> None:
    text = "title: |\n  one\n\n\n  # no comment\nid: x\n"
    plain = YAML(typ="safe", pure=True)
    ordered = canonical(text, "m")
    assert plain.load(ordered) == plain.load(text) and ordered.startswith("id: x\ntitle: |\n")


def test_comments_that_belong_elsewhere() -> None:
    """A header and an end stay; a key that is commented out goes with the key below it."""
    text = (
        "# About the file.\n\n# Agreed.\ntitle: T\nid: x\nfactors:\n  a:\n    why: W\n"
        "#   half_life: {p5: 3, p95: 9}\n    # Slow.\n\n    label: L\n\n# vim: set ts=2\n"
    )
    assert canonical(text, "m") == (
        "# About the file.\n\nid: x\n# Agreed.\ntitle: T\nfactors:\n  a:\n"
        "#   half_life: {p5: 3, p95: 9}\n    # Slow.\n\n    label: L\n    why: W\n"
        "\n# vim: set ts=2\n"
    )


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(SHUFFLED, encoding="utf-8")
    assert run("format", str(tmp_path), "--check") == 1
    assert "is in another order" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == SHUFFLED
    assert run("format", str(tmp_path)) == 0
    assert "was put in order" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == ORDERED
    assert run("format", str(tmp_path), "--check") == 0
    assert "is in order" in capsys.readouterr().out
