"""The causal network of a model as a drawing: boxes and arrows with all that the file says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from withdrawal_risk.elements.base import Text
from withdrawal_risk.elements.elicitation import WEIGHT_WORDS
from withdrawal_risk.elements.network import Edge
from withdrawal_risk.exchange.formats.diagram import Arrow, Box, Diagram
from withdrawal_risk.inference.path_inputs import dynamics_of
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.static_network import left_out, places

__all__ = ["causal_diagram"]

Learnt = Mapping[str, tuple[float, tuple[float, float]]]
"""Mean and interval of a weight, by the id of its edge."""


def causal_diagram(source: Model | Posterior, *, ci_prob: float, lang: str) -> Diagram:
    """Return the causal network of a model, cycles and lags included.

    Parameters
    ----------
    source : Model or Posterior
        Of a posterior, weights have the mean and the interval of its draws.
    ci_prob : float
        Of that interval.
    lang : {"en", "ar"}
        Of notes, and of labels where a format shows one language.
    """
    model = model_of(source, "export")
    spec, graph = model.spec, model.network
    where = places(graph)
    closing = {(cause, effect) for cause, effect, _ in left_out(graph)}
    learnt = _learnt(source, ci_prob) if isinstance(source, Posterior) else {}
    edges = sorted(spec.edges, key=lambda edge: (edge.from_, edge.to))
    return Diagram(
        id=model.id,
        title=spec.title[lang],
        lang=lang,
        boxes=tuple(_box(spec, name, where[name]) for name in graph),
        arrows=tuple(_arrow(edge, learnt, (edge.from_, edge.to) in closing) for edge in edges),
        notes=tuple(_notes(source, spec, ci_prob, lang)),
    )


def _learnt(posterior: Posterior, ci_prob: float) -> Learnt:
    draws = posterior.draws()
    weight = dynamics_of(posterior.frame, draws, len(draws["half_life"]))[2]
    tail = (1 - ci_prob) / 2
    low, high = np.quantile(weight, [tail, 1 - tail], axis=0)
    return {
        f"{cause}->{effect}": (float(weight[:, e].mean()), (float(low[e]), float(high[e])))
        for e, (cause, effect, _) in enumerate(posterior.frame.structure.edges)
    }


def _in_all_languages(text: Text) -> dict[str, str]:
    return {lang: text[lang] for lang in LANGUAGES}


def _box(spec: ModelSpec, name: str, position: tuple[float, float]) -> Box:
    node = spec.node(name)
    if name in spec.policies:
        policy = spec.policies[name]
        return Box(
            id=name,
            labels=_in_all_languages(node.label),
            role="policy",
            worse=node.worse,
            units=_in_all_languages(policy.unit),
            position=position,
        )
    factor = spec.factors[name]
    return Box(
        id=name,
        labels=_in_all_languages(node.label),
        role=factor.role,
        worse=node.worse,
        half_life=(factor.half_life.p5, factor.half_life.p95),
        position=position,
    )


def _arrow(edge: Edge, learnt: Learnt, closes_cycle: bool) -> Arrow:
    sign, size = edge.weight.sign, edge.weight.size
    p5, p95 = sorted((sign * size.p5, sign * size.p95))
    words = {ends: word for word, ends in WEIGHT_WORDS.items()}
    word = words.get((size.p5, size.p95), "")
    mean, interval = learnt.get(edge.id, (edge.weight.mean, None))
    return Arrow(
        cause=edge.from_,
        effect=edge.to,
        sign=sign,
        p5=p5,
        p95=p95,
        mean=mean,
        interval=interval,
        word=f"{'+' if sign > 0 else '-'}{word}" if word else "",
        lag=edge.lag,
        closes_cycle=closes_cycle,
        basis=edge.basis,
        why=edge.why[next(iter(LANGUAGES))],
    )


def _notes(source: Model | Posterior, spec: ModelSpec, ci_prob: float, lang: str) -> Iterator[str]:
    from withdrawal_risk import __version__

    words = words_of(lang)
    said = words.exports
    yield said["diagram"].format(title=spec.title[lang], model=spec.id)
    yield said["written"].format(version=__version__)
    yield said["weights"]
    if isinstance(source, Posterior):
        yield words.with_dates(said["fitted"].format(as_of=source.as_of))
        percent = words.percent.format(number=f"{100 * ci_prob:g}")
        yield said["weights_fitted"].format(ci_prob=percent)
    else:
        yield said["prior"]
    yield said["elsewhere"]
