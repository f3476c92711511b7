"""One way to ask any question: its own options, then those of every question."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from withdrawal_risk.cli import options
from withdrawal_risk.cli.rendering import rendered
from withdrawal_risk.console import is_watched, say, width
from withdrawal_risk.inference.defaults import CHAINS, DRAWS, TUNE
from withdrawal_risk.reports.tables import Table

if TYPE_CHECKING:
    from withdrawal_risk.inference.lazy import LazyPosterior
    from withdrawal_risk.inference.posterior import Posterior
    from withdrawal_risk.model.library import Model

__all__ = [
    "FAILED_CHECKS",
    "Shown",
    "end",
    "failures",
    "fitted",
    "loaded",
    "print_blocks",
    "question",
]

FAILED_CHECKS: Final = 3
"""Exit code of an answer whose fit failed its checks."""

Block = str | Table
"""A paragraph, or a table."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An answer as it is printed and cached.

    Parameters
    ----------
    data : dict
        Printed under ``--json``.
    blocks : sequence of str or Table
        Printed for people, an empty line between them.
    """

    data: dict[str, Any]
    blocks: Sequence[Block]


def loaded(model: str) -> Model:
    """Return a model, and say what was assumed in reading it."""
    from withdrawal_risk.model.library import load_model

    read = load_model(model)
    for note in read.notes:
        say(f"note: {note}")
    return read


def fitted(
    model: str, as_of: str | None, draws: int, tune: int, chains: int, random_seed: int
) -> LazyPosterior:
    """Return the posterior of a model, which is sampled when its draws are needed."""
    from withdrawal_risk.inference.lazy import LazyPosterior

    return LazyPosterior(
        loaded(model),
        as_of,
        draws=draws,
        tune=tune,
        chains=chains,
        random_seed=random_seed,
        announce=say,
        progressbar=is_watched(),
    )


def _ask(  # noqa: PLR0913
    ask: Callable[..., Shown],
    without_fit: Callable[..., Shown] | None,
    *,
    model: str,
    preliminary: options.Preliminary = False,
    as_of: options.AsOf = None,
    draws: options.Draws = DRAWS,
    tune: options.Tune = TUNE,
    chains: options.Chains = CHAINS,
    random_seed: options.RandomSeed = 1,
    lang: options.Lang = "en",
    as_json: options.AsJson = False,
    **asked: Any,
) -> None:
    """Ask a question of a fit and print the answer; a cached answer is not computed again."""
    from withdrawal_risk.language import checked_language

    checked_language(lang)
    if preliminary and without_fit is not None:
        shown = without_fit(model, as_of=as_of, random_seed=random_seed, lang=lang, **asked)
        _print(shown.data, shown.blocks, as_json)
        return
    from withdrawal_risk.inference.cache import cached_answer

    # Nothing is sampled yet: a cached answer needs no draws.
    posterior = fitted(model, as_of, draws, tune, chains, random_seed)
    # Everything the answer depends on besides the fit, defaults included. ``--json`` is not part of
    # it, because both forms are stored together.
    key = {"question": ask.__name__, "lang": lang, "random_seed": random_seed, **_content(asked)}
    if posterior.model.panel is not None:
        # No part of the fit, and so of its name in the cache.
        key["panel"] = posterior.model.panel.digest

    def answer() -> dict[str, Any]:
        shown = ask(posterior, random_seed=random_seed, lang=lang, **asked)
        failed = failures(posterior, lang)
        return {"data": shown.data | {"failed_checks": failed}, "blocks": list(shown.blocks)}

    content = cached_answer(posterior.path, key, answer)
    _print(content["data"], content["blocks"], as_json)
    end(content["data"]["failed_checks"])


def _content(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is asked with the digest of a file in the place of its name."""
    from withdrawal_risk.files import content_digest

    return {
        name: content_digest(value) if isinstance(value, Path) else value
        for name, value in asked.items()
    }


def _print(data: dict[str, Any], blocks: Sequence[Block], as_json: bool) -> None:
    if as_json:
        print(json.dumps(data))
    else:
        print_blocks(blocks)


def question(
    ask: Callable[..., Shown], without_fit: Callable[..., Shown] | None = None
) -> Callable[..., None]:
    """Turn a question into a command.

    Parameters
    ----------
    ask : callable
        Given a posterior, ``random_seed``, ``lang`` and its own options; all that it is given is
        the key of the cached answer. Its docstring is the help of the command.
    without_fit : callable, optional
        Given the name of a model, ``as_of``, ``random_seed``, ``lang`` and the options of `ask`,
        where ``--preliminary`` is asked for.

    Returns
    -------
    callable
        With the options of `ask`, then those of every question.
    """

    def command(**given: Any) -> None:
        _ask(ask, without_fit, **given)

    # Typer reads options from a signature, so one is put together: the arguments that a person
    # gives, without those that `_ask` hands over itself.
    options_of_ask = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(ask, eval_str=True).parameters.values()
        if parameter.name not in ("posterior", "random_seed", "lang")
    ]
    every = [
        parameter
        for parameter in inspect.signature(_ask, eval_str=True).parameters.values()
        if parameter.name not in ("ask", "without_fit", "model", "asked")
        and (parameter.name != "preliminary" or without_fit is not None)
    ]
    model = inspect.Parameter("model", inspect.Parameter.KEYWORD_ONLY, annotation=options.ModelName)
    parameters = [model, *options_of_ask, *every]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__name__, command.__doc__ = ask.__name__, ask.__doc__
    return command


def failures(posterior: Posterior, lang: str) -> list[str]:
    """Return what is said of every check that a fit failed."""
    from withdrawal_risk.inference.checks import failed_checks

    return [f"{item.label(lang)}: {item.sentence(lang)}" for item in failed_checks(posterior)]


def print_blocks(blocks: Sequence[Block]) -> None:
    """Print paragraphs and tables, an empty line between them."""
    texts = [block if isinstance(block, str) else rendered(block, width()) for block in blocks]
    print("\n\n".join(texts))


def end(failed: Sequence[str]) -> None:
    """Name failed checks on standard error and end with their exit code; else do nothing."""
    for text in failed:
        say(f"CHECK FAILED: {text}")
    if failed:
        raise typer.Exit(FAILED_CHECKS)
