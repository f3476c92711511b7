"""Models as users hold them: loaded from a folder or from those shipped with the package."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from withdrawal_risk.characters import quoted
from withdrawal_risk.elements.timeline import Month
from withdrawal_risk.errors import (
    ArgumentError,
    FileProblem,
    WithdrawalRiskWarning,
    did_you_mean,
)
from withdrawal_risk.files import path_of
from withdrawal_risk.model.evidence import EvidenceRow, visible
from withdrawal_risk.model.file import MODEL_FILE, parse_model, read_folder
from withdrawal_risk.model.network import build_graph
from withdrawal_risk.model.panel_file import Answers
from withdrawal_risk.model.spec import ModelSpec

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "Model",
    "checked_model",
    "list_models",
    "load_model",
    "models_folder",
    "read_once",
    "resolve",
]


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A validated model with its evidence.

    Parameters
    ----------
    spec : ModelSpec
        The model file.
    evidence : tuple of EvidenceRow
        Sorted by id.
    model_text, evidence_text : str
        The two files as they were read.
    history : tuple of EvidenceRow
        What indicators showed before the model's start, sorted by id; no part of a fit.
    panel : Answers, optional
        What the experts of its panel answered; no part of a fit.
    notes : tuple of FileProblem
        What was assumed of files that are written in another way than the library writes them.

    Examples
    --------
    >>> wr.load_model("iraq-2025").as_of
    Month('2025-08')
    """

    spec: ModelSpec
    evidence: tuple[EvidenceRow, ...]
    model_text: str
    evidence_text: str | None
    history: tuple[EvidenceRow, ...] = ()
    panel: Answers | None = None
    notes: tuple[FileProblem, ...] = ()

    @classmethod
    def from_texts(cls, model_text: str, evidence_text: str | None = None) -> Model:
        """Read a model from the texts of its files.

        Raises
        ------
        ModelFileError
        """
        spec, rows = parse_model(model_text, evidence_text)
        return cls(spec, rows, model_text, evidence_text)

    @property
    def id(self) -> str:
        """The model's id."""
        return self.spec.id

    @property
    def as_of(self) -> Month:
        """The file's own last month of evidence."""
        return self.spec.time.as_of

    def evidence_at(self, as_of: Month) -> tuple[EvidenceRow, ...]:
        """Return the evidence that was published by a month."""
        return tuple(visible(self.evidence, as_of))

    def unmeasured(self, as_of: Month) -> list[str]:
        """Return the factors that nothing measures: no row of any indicator of theirs counts."""
        seen = {self.spec.indicators[row.indicator].measures for row in self.evidence_at(as_of)}
        return [name for name in self.spec.factors if name not in seen]

    @cached_property
    def network(self) -> nx.DiGraph:
        """The causal network; see `build_graph`."""
        return build_graph(self.spec)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of both files."""
        # Neither text can hold the separator, so text moved between the files changes the digest.
        return hashlib.sha256(f"{self.model_text}\0{self.evidence_text or ''}".encode()).hexdigest()

    def __repr__(self) -> str:
        spec = self.spec
        return (
            f"Model({self.id!r}, {spec.time.start} to {spec.time.horizon}: {len(spec.factors)} "
            "factors, "
            f"{len(spec.edges)} edges, {len(self.evidence)} evidence rows)"
        )

    def _repr_html_(self) -> str:
        """Show what is asked, and of how much."""
        asked = "".join(
            f"<li>{escape(item.label.en)}</li>" for item in self.spec.conditions.values()
        )
        return f"<p>{escape(self.spec.title.en)}</p><p>{escape(repr(self))}</p><ul>{asked}</ul>"

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Model) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)


@lru_cache(maxsize=4)
def read_once(model_text: str, evidence_text: str | None) -> Model:
    """Return the model of two texts, shared by all who read them: reading takes a second."""
    return Model.from_texts(model_text, evidence_text)


def models_folder() -> Path:
    """Return the folder of shipped models: inside the package, or beside ``src`` in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "models"
    return inside if inside.is_dir() else package.parents[1] / "models"


def list_models() -> list[str]:
    """Return the ids of the shipped models.

    Examples
    --------
    >>> wr.list_models()
    ['iraq-2011', 'iraq-2025', 'mali-2023']
    """
    folder = models_folder()
    return sorted(path.parent.name for path in folder.glob(f"*/{MODEL_FILE}"))


def resolve(name: str | Path) -> Path:
    """Return the folder or file a shipped id or a path stands for.

    Raises
    ------
    WithdrawalRiskError
        If it is neither.
    """
    path = path_of(name, "name")
    shipped = list_models()
    if isinstance(name, str) and name in shipped:
        if path.exists():
            warnings.warn(
                f"{name!r} is a shipped model and a folder here; the shipped one is read. For the "
                f"folder write './{name}'",
                WithdrawalRiskWarning,
                stacklevel=3,
            )
        return models_folder() / name
    if path.suffix.lower() == ".csv":
        raise ArgumentError(f"{path}: this is the evidence; give the folder or its {MODEL_FILE}")
    if path.exists() or path.suffix in (".yaml", ".yml"):
        return path
    raise ArgumentError(
        f"{quoted(str(name))} is neither a shipped model nor a path that exists; "
        f"{did_you_mean(str(name), shipped)}"
    )


def checked_model(value: object, function: str) -> Model:
    """Return what a function is given for a model.

    Raises
    ------
    ArgumentError
        If it is something else, with what to write instead.
    """
    if isinstance(value, Model):
        return value
    if isinstance(value, str | Path):
        raise ArgumentError(
            f"{function} takes a model: {function}(load_model({quoted(str(value))}))"
        )
    if isinstance(getattr(value, "model", None), Model):
        raise ArgumentError(f"{function} takes a model: {function}(posterior.model)")
    raise ArgumentError(f"{function} takes a model, as load_model returns it, not {quoted(value)}")


def load_model(name: str | Path) -> Model:
    """Load a model.

    Parameters
    ----------
    name : str or Path
        Id of a shipped model, as text, or a path to a model folder or file.

    Warns
    -----
    WithdrawalRiskWarning
        Where an id is the name of a folder here, too.

    Raises
    ------
    WithdrawalRiskError
        If there is no such model.
    ModelFileError
        If its files are at fault; the message lists every fault with its position.

    Examples
    --------
    >>> wr.load_model("iraq-2025").id
    'iraq-2025'
    """
    folder = read_folder(resolve(name))
    return Model(
        folder.spec,
        folder.evidence,
        folder.model_text,
        folder.evidence_text,
        folder.history,
        folder.panel,
        folder.notes,
    )
