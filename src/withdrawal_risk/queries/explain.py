"""A model in sentences: what acts on what, what is judged, what is measured and what is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from withdrawal_risk.elements.network import Announced, Edge, Event, Factor, Policy
from withdrawal_risk.elements.scenarios import PolicyStretch, SetLevel
from withdrawal_risk.inference.posterior import Posterior, model_of
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.model.library import Model
from withdrawal_risk.model.range_wording import range_in_words, range_label
from withdrawal_risk.model.ranges import ranges
from withdrawal_risk.model.spec import ModelSpec
from withdrawal_risk.queries.clause_wording import tree_in_words

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """A model in sentences.

    Parameters
    ----------
    lang : str
    sections : tuple of (str, tuple of str)
        Headings, each with its paragraphs.

    Examples
    --------
    >>> wr.explain(posterior.model).sections[0][0]
    'The model'
    """

    lang: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """All of it, a heading over each section and a line for each paragraph."""
        return "\n\n".join("\n".join([heading, *lines]) for heading, lines in self.sections)

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """Show headings and lists."""
        side = ' dir="rtl"' if words_of(self.lang).side == "right" else ""
        parts = [
            f"<h4>{escape(heading)}</h4><ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}"
            "</ul>"
            for heading, lines in self.sections
        ]
        return f"<div{side}>{''.join(parts)}</div>"


def explain(source: Model | Posterior, *, lang: str = "en") -> Explanation:
    """Say what a model file means, so that it can be read aloud and questioned.

    Parameters
    ----------
    source : Model or Posterior
    lang : {"en", "ar"}

    Returns
    -------
    Explanation
        Sections on the model, its factors, policies, causes, events, indicators, conditions and
        scenarios, so far as it has them. Every number stands as the file has it.

    Raises
    ------
    ArgumentError
        If `source` is neither, or for another language.

    Examples
    --------
    >>> print(wr.explain(posterior.model).sections[3][1][0].split(":")[0])
    Tension raises Gaps
    """
    spec, words = model_of(source, "explain").spec, words_of(lang)
    made = _Sentences(spec, words)
    sections = {
        "model": made.model(),
        "factors": [made.factor(name, item) for name, item in spec.factors.items()],
        "policies": [made.policy(item) for item in spec.policies.values()],
        "edges": [made.edge(edge) for edge in spec.edges],
        "events": [made.event(name, item) for name, item in spec.events.items()],
        "indicators": [made.indicator(name) for name in spec.indicators],
        "conditions": [made.condition(name) for name in spec.conditions],
        "scenarios": [made.scenario(name) for name in spec.scenarios],
    }
    return Explanation(
        words.code,
        tuple(
            (words.explanation[f"heading_{name}"], tuple(lines))
            for name, lines in sections.items()
            if lines
        ),
    )


class _Sentences:
    """Makes the sentences of one model in one language.

    Parameters
    ----------
    spec : ModelSpec
    words : Language
    """

    def __init__(self, spec: ModelSpec, words: Language) -> None:
        self.spec, self.words, self.lang = spec, words, words.code
        self.ranges = ranges(spec)

    def say(self, sentence: str, **values: object) -> str:
        """Return a sentence with its fields filled in."""
        return self.words.with_dates(self.words.explanation[sentence].format(**values))

    def quoted(self, name: str) -> str:
        """Return the name of an element in quotes."""
        return self.words.quote.format(text=self.spec.label(name, self.lang))

    def judged(self, prefix: str) -> list[str]:
        """Say every range under a path: what it is of, from where to where."""
        return [
            self.say(
                "range",
                what=range_label(self.spec, path, self.lang),
                range=range_in_words(self.spec, path, given, self.lang),
            )
            for path, given in self.ranges.items()
            if path.startswith(f"{prefix}.")
        ]

    def joined(self, *parts: str) -> str:
        """Join sentences."""
        return " ".join(part for part in parts if part)

    def model(self) -> Iterator[str]:
        """Say what is asked, and from when to when."""
        spec, time = self.spec, self.spec.time
        yield spec.title[self.lang]
        if spec.description is not None:
            yield spec.description[self.lang]
        yield self.say("time", start=time.start, as_of=time.as_of, horizon=time.horizon)

    def factor(self, name: str, item: Factor) -> str:
        """Say what a factor is, and what is judged of it."""
        worse = self.words.explanation[f"worse_{item.worse}"]
        description = item.description[self.lang] if item.description is not None else ""
        what = self.say("factor", name=self.quoted(name), worse=worse)
        return self.joined(
            what,
            description,
            self.list(self.judged(f"factors.{name}")),
            self.why(item.why[self.lang]),
        )

    def list(self, parts: list[str]) -> str:
        """Write what is judged as one sentence."""
        return self.say("judged", ranges=self.words.semicolon.join(parts)) if parts else ""

    def why(self, reason: str) -> str:
        """Write a reason as a sentence of its own."""
        return self.say("why", reason=reason)

    def policy(self, item: Policy) -> str:
        """Say where the path of a policy leads."""
        return self.joined(
            self.say(
                "policy",
                name=self.words.quote.format(text=item.label[self.lang]),
                unit=item.unit[self.lang],
                path=self.steps(item.path),
                reference=self.number(item.reference),
                per_level=self.number(item.per_level),
            ),
            self.why(item.why[self.lang]),
        )

    def edge(self, edge: Edge) -> str:
        """Say what an edge does, how strongly, and after how long."""
        path = f"edges.{edge.id}.weight"
        kind = "raises" if edge.weight.sign > 0 else "lowers"
        lag = self.say("after", months=self.words.months(edge.lag)) if edge.lag else ""
        return self.joined(
            self.say(
                kind,
                cause=self.quoted(edge.from_),
                effect=self.quoted(edge.to),
                range=range_in_words(self.spec, path, self.ranges[path], self.lang),
                lag=lag,
            ),
            self.why(edge.why[self.lang]),
        )

    def event(self, name: str, item: Event) -> str:
        """Say when an event acts, and what it does."""
        return self.joined(
            self.say(
                "step_event" if item.shape == "step" else item.shape,
                name=self.words.quote.format(text=item.label[self.lang]),
                first=item.from_,
                last=item.to,
            ),
            self.list(self.judged(f"events.{name}")),
            self.why(item.why[self.lang]),
        )

    def indicator(self, name: str) -> str:
        """Say what an indicator measures, in which unit, and what is judged of it."""
        item = self.spec.indicators[name]
        return self.joined(
            self.say(
                "indicator_rises" if item.polarity > 0 else "indicator_falls",
                name=self.quoted(name),
                unit=item.unit[self.lang],
                factor=self.quoted(item.measures),
            ),
            self.list(self.judged(f"indicators.{name}")),
            self.why(item.why[self.lang]),
        )

    def condition(self, name: str) -> str:
        """Say when a condition holds."""
        item = self.spec.conditions[name]
        return self.joined(
            self.say(
                "condition",
                name=self.quoted(name),
                clauses=tree_in_words(self.spec, item.tree, self.lang),
            ),
            self.why(item.why[self.lang]),
        )

    def scenario(self, name: str) -> str:
        """Say what a scenario supposes."""
        item = self.spec.scenarios[name]
        parts = [self.setting(one) for one in item.do]
        parts += [
            self.say(
                "shock",
                name=self.quoted(shock.factor),
                size=self.size(shock.factor, shock.size),
                first=shock.from_,
                last=shock.to,
            )
            for shock in item.events
        ]
        parts += [
            self.say("path", name=self.quoted(policy), path=self.steps(path))
            for policy, path in item.policies.items()
        ]
        for scaled in item.edges:
            cause, effect = scaled.edge.split("->")
            parts.append(
                self.say(
                    "scaled",
                    cause=self.quoted(cause),
                    effect=self.quoted(effect),
                    scale=self.number(scaled.scale),
                    first=scaled.from_,
                    last=scaled.to,
                )
            )
        described = item.description[self.lang] if item.description is not None else ""
        label = self.words.quote.format(text=item.label[self.lang])
        supposed = self.words.semicolon.join(parts) or self.words.explanation["as_described"]
        return self.joined(self.say("scenario", name=label, supposed=supposed), described)

    def setting(self, one: SetLevel) -> str:
        """Say to which level a factor is set, or by how much it is moved."""
        months = {"first": one.from_, "last": one.to}
        if one.shift is not None:
            return self.say(
                "shifted",
                name=self.quoted(one.factor),
                size=self.size(one.factor, one.shift),
                **months,
            )
        node = self.spec.node(one.factor)
        place = node.level_place(one.level) if isinstance(one.level, str) else None
        level = (
            self.number(one.level)
            if place is None
            else self.words.quote.format(text=node.level_in_words(place, self.words))
        )
        return self.say("set", name=self.quoted(one.factor), to=level, **months)

    def steps(self, path: Sequence[Announced | PolicyStretch]) -> str:
        """Write the path of a policy."""
        return self.words.series(
            [self.say("step", value=self.number(one.value), month=one.from_) for one in path]
        )

    def size(self, name: str, value: float) -> str:
        """Write the size of a move: in levels for a factor, for a policy in its own unit."""
        policy, number = self.spec.policies.get(name), self.number(value)
        if policy is None:
            return self.words.counted(number, "level")
        return f"{number} {policy.unit[self.lang]}"

    def number(self, value: object) -> str:
        """Write a number with the sign that readers expect."""
        text = f"{value:,.10g}" if isinstance(value, int | float) else str(value)
        return self.words.with_sign(text.replace("-", "−"))
