"""A forecast, written down on the day with all that it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import LANGUAGES, words_of
from withdrawal_risk.ledger.chain import FOLDER, Entry, append, now, read
from withdrawal_risk.ledger.forecasts import SETTINGS
from withdrawal_risk.queries.answers import About, about, warning_of
from withdrawal_risk.queries.defaults import CI_PROB, FUTURES
from withdrawal_risk.queries.diff import difference
from withdrawal_risk.queries.forecast_record import forecast_content
from withdrawal_risk.simulation.probabilities import check_arguments

__all__ = ["Issued", "issue"]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Issued:
    """A forecast that was written down.

    Parameters
    ----------
    entry : Entry
        With its ``number``, ``path``, ``digest`` (the head of the track record) and ``content``.
    about : About
        The fit.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     issued = wr.issue(posterior, folder=place, futures=4)
    ...     wr.track_record(folder=place).head == issued.entry.digest
    True
    """

    entry: Entry
    about: About

    def sentence(self, lang: str = "en") -> str:
        """Say where it was written, what changed, and the head to sign."""
        words, changes = words_of(lang), self.entry.content["changes"]
        lines = [
            words.say(
                "issued",
                number=self.entry.number,
                model=self.about.model,
                as_of=self.about.as_of,
                path=words.code_text(str(self.entry.path)),
            )
        ]
        if changes is not None:
            lines.append(changes["sentence"][lang])
        warning = warning_of(self.about.failed, words).strip()
        lines += [warning] if warning else []
        lines.append(words.say("head", digest=self.entry.digest))
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON-ready data, without the quantiles."""
        content = {
            name: value for name, value in self.entry.content.items() if name != "indicators"
        }
        return {
            "number": self.entry.number,
            "path": str(self.entry.path),
            "written": self.entry.written.isoformat(),
            "head": self.entry.digest,
            **content,
        }

    def __repr__(self) -> str:
        return f"Issued({self.about.model!r}, entry {self.entry.number}, {self.entry.path})"


def issue(
    posterior: Posterior,
    *,
    folder: str | Path = FOLDER,
    explain: bool = True,
    ci_prob: float = CI_PROB,
    futures: int = FUTURES,
    random_seed: int = 1,
    progressbar: bool = True,
) -> Issued:
    """Write a forecast down: an entry that is dated by the clock and never changed.

    It holds the digests of the model file, the evidence and the code, the settings, the probability
    of every condition and clause with intervals, base rates and published parts, 99 quantiles of
    every indicator in every month that is not known yet (of yes or no and of categories their
    probabilities), those of baselines where twelve months of an indicator are known, and what
    changed since the forecast of this model before it. Both files are kept beside the entries.

    Parameters
    ----------
    posterior : Posterior
        From `fit`.
    folder : str or Path
        Of the track record; it is made where there is none.
    explain : bool
        Whether to split what changed since the forecast before over the evidence that came in,
        which may need that forecast to be fitted again.
    ci_prob : float
        Probability of the (equal-tailed) credible intervals.
    futures : int
        Simulated futures for each draw, at least 2.
    random_seed : int
        Of the futures.
    progressbar : bool

    Returns
    -------
    Issued

    Raises
    ------
    ArgumentError
        If it is no fit of `fit`, which could be made again.
    WithdrawalRiskError
        If the track record is broken or cannot be written to.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     print(wr.issue(posterior, folder=place, futures=4).entry.number)
    1
    """
    # Before any work: what is broken is not added to.
    entries = read(folder)
    check_arguments(posterior, ci_prob=ci_prob, futures=futures, random_seed=random_seed)
    explain = true_or_false(explain, "explain")
    missing = [name for name in SETTINGS if name not in posterior.settings]
    if missing:
        raise ArgumentError(
            f"issue takes a fit of fit, which can be made again; this one does not say its "
            f"{', '.join(missing)}"
        )
    content = forecast_content(
        posterior, folder, ci_prob=ci_prob, futures=futures, random_seed=random_seed
    )
    before = [
        entry
        for entry in entries
        if entry.kind == "forecast" and entry.content["model"] == content["model"]
    ]
    content["changes"] = None
    if before:
        draft = Entry(
            number=len(entries) + 1,
            kind="forecast",
            written=now(),
            previous="",
            digest="",
            content=content,
            path=Path(folder),
        )
        found = difference(
            folder,
            before[-1],
            draft,
            explain=explain,
            progressbar=progressbar,
            fitted=posterior,
        )
        sentences = {lang: found.sentence(lang) for lang in LANGUAGES}
        content["changes"] = found.to_dict() | {"sentence": sentences}
    return Issued(entry=append(folder, "forecast", content), about=about(posterior))
