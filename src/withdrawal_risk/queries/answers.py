"""What all answers share: the labels of their fit, a line at a prompt, a table in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol
from weakref import WeakKeyDictionary

from withdrawal_risk.elements.base import Text
from withdrawal_risk.elements.indicators import IndicatorBase
from withdrawal_risk.elements.network import Factor, Policy
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.language import Language, words_of
from withdrawal_risk.simulation.conditions import ALL_CONDITIONS, checked_condition

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["About", "Answer", "Shown", "about", "warning_of"]

_LINE: Final = 400
"""Characters of a line that stands for an answer."""


def warning_of(checks: Sequence[str], words: Language) -> str:
    """Return the warning that names failed checks; nothing where there are none."""
    if not checks:
        return ""
    names = (words.check_names.get(name, name) for name in dict.fromkeys(checks))
    return words.say("warning", checks=words.listed(names))


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class About:
    """The fit that an answer is about, in labels.

    Answers are stored and passed on without the draws of their fit.

    Parameters
    ----------
    fit : str
        As `Posterior.digest`.
    model : str
        The model's id.
    as_of, horizon : Month
    names, conditions, scenarios : mapping of str to Text
        Labels of factors, policies and indicators, of conditions, and of scenarios.
    failed : tuple of str
        Checks that the fit failed.
    diagnostics : mapping
        As in `Posterior.settings`.

    Examples
    --------
    >>> wr.outlook(posterior).about
    About('small', as_of=2023-12, horizon=2024-06)
    """

    fit: str
    model: str
    as_of: Month
    horizon: Month
    names: Mapping[str, Text]
    conditions: Mapping[str, Text]
    scenarios: Mapping[str, Text]
    failed: tuple[str, ...]
    diagnostics: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"About({self.model!r}, as_of={self.as_of}, horizon={self.horizon})"

    @property
    def checks_passed(self) -> bool:
        """Whether the fit failed none of its checks."""
        return not self.failed

    def label(self, name: str, lang: str) -> str:
        """Return the words for a factor, a policy or an indicator."""
        return self.names[name][lang]

    def condition(self, name: str, lang: str) -> str:
        """Return the words for a condition, or for all together.

        Raises
        ------
        ArgumentError
            For an unknown one.
        """
        words = words_of(lang)
        if checked_condition(name, self.conditions) == ALL_CONDITIONS:
            return words.names["all_conditions"]
        return self.conditions[name][lang]

    def warning(self, lang: str) -> str:
        """Return the warning of a fit that failed its checks; nothing for a sound one."""
        return warning_of(self.failed, words_of(lang))


# The labels hold no reference to their fit, so storing them does not keep its draws in memory.
_ABOUT: WeakKeyDictionary[Posterior, About] = WeakKeyDictionary()


def about(posterior: Posterior) -> About:
    """Return the labels of a fit, made once."""
    if posterior not in _ABOUT:
        spec = posterior.model.spec
        nodes: dict[str, Factor | Policy | IndicatorBase] = {
            **spec.factors,
            **spec.policies,
            **spec.indicators,
        }
        _ABOUT[posterior] = About(
            fit=posterior.digest,
            model=posterior.model.id,
            as_of=posterior.as_of,
            horizon=spec.time.horizon,
            names={name: item.label for name, item in nodes.items()},
            conditions={name: item.label for name, item in spec.conditions.items()},
            scenarios={name: item.label for name, item in spec.scenarios.items()},
            failed=_failed(posterior),
            diagnostics=dict(posterior.settings.get("diagnostics", {})),
        )
    return _ABOUT[posterior]


def _failed(posterior: Posterior) -> tuple[str, ...]:
    """Return the names of the checks that a fit failed."""
    # Without diagnostics no sampler made it, and nothing has to be loaded to check it.
    if "diagnostics" not in posterior.settings:
        return ()
    from withdrawal_risk.inference.checks import failed_checks

    return tuple(item.name for item in failed_checks(posterior))


class _Asked(Protocol):
    """What an answer has for `Answer` to show."""

    @property
    def about(self) -> About: ...

    @property
    def summary(self) -> pd.DataFrame: ...

    def sentence(self, lang: str = "en") -> str: ...


@dataclass(frozen=True, kw_only=True, repr=False)
class Shown:
    """An answer in a language, as a notebook shows it.

    Parameters
    ----------
    html : str
    text : str
        Where no HTML can be shown.

    Examples
    --------
    >>> wr.outlook(posterior).show()
    The probability that all conditions hold by 2024-06 is ...
    """

    html: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


class Answer:
    """An answer, which shows itself as a line at a prompt, and with its picture in a notebook."""

    def sentence(self, lang: str = "en") -> str:
        """Say the answer in a sentence; ``lang`` is ``en`` or ``ar``."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        raise NotImplementedError

    def __repr__(self: _Asked) -> str:
        """Say it in a line."""
        text = " ".join(self.sentence().split())
        line = f"{type(self).__name__}({self.about.model}, as of {self.about.as_of}: {text})"
        return line if len(line) <= _LINE else f"{line[: _LINE - 4]}...)"

    def show(self, lang: str = "en") -> Shown:
        """Show the answer in a notebook: its sentence, its picture and its tables.

        Parameters
        ----------
        lang : {"en", "ar"}
            Arabic runs from the right.

        Examples
        --------
        >>> wr.outlook(posterior).show("ar").html[:24]
        '<div lang="ar" dir="rtl"'
        """
        # By name, because pictures and tables stand above answers and know of them.
        notebook = import_module("withdrawal_risk.reports.notebook")
        return Shown(html=notebook.html_of(self, lang), text=self.sentence(lang))

    def _repr_html_(self) -> str:
        """Show the sentence, its picture and its tables."""
        return self.show().html
