"""Method, the scale of words, a glossary, data to keep, and how to cite and repeat."""

from __future__ import annotations

from itertools import pairwise

from withdrawal_risk.language import words_of
from withdrawal_risk.language.numbers import share
from withdrawal_risk.reports.blocks import Grid, Heading, Paragraph, Section
from withdrawal_risk.reports.ingredients import Ingredients
from withdrawal_risk.reports.sections.drawing import Drawing
from withdrawal_risk.reports.tables import Table

__all__ = ["section"]

_GLOSSARY = ("probability", "interval", "do", "observe", "counterfactual", "level", "base_rate")


def section(found: Ingredients, drawing: Drawing) -> Section:
    """Return the end matter."""
    from withdrawal_risk import __version__

    lang, posterior = drawing.lang, found.posterior
    words = words_of(lang).report
    settings = posterior.settings
    return Section(
        key="method",
        blocks=[
            Paragraph(words["how_it_works"]),
            Paragraph(words["digits"]),
            Grid(_scale(lang), words["scale"]),
            Heading(words["glossary"]),
            *(Paragraph(words[f"glossary_{term}"]) for term in _GLOSSARY),
            Heading(words["cite"]),
            Paragraph(
                words["citation"].format(
                    title=posterior.model.spec.title[lang],
                    date=words_of(lang).day(found.made_on),
                    version=__version__,
                    digest=posterior.model.digest[:12],
                )
            ),
            Paragraph(
                words["repeat"].format(
                    command=f"withdrawal-risk report {posterior.model.id} --as-of "
                    f"{posterior.as_of} --draws {settings.get('draws', '')} --tune "
                    f"{settings.get('tune', '')} --chains {settings.get('chains', '')} "
                    f"--random-seed {settings.get('random_seed', '')} --lang both"
                )
            ),
            Paragraph(words["licence"], "muted"),
        ],
    )


def _scale(lang: str) -> Table:
    """Return the words of ICD 203 with the probabilities that each stands for."""
    words = words_of(lang)
    ends = [0.0, *(upper for upper, _ in words.icd_203[:-1]), 1.0]
    rows = [
        [word, words.from_to.format(low=share(low, lang), high=share(high, lang))]
        for (low, high), (_, word) in zip(pairwise(ends), words.icd_203, strict=True)
    ]
    heads = [words.report["word"], words.report["probability"]]
    return {"columns": heads, "rows": rows, "text": [0, 1]}
