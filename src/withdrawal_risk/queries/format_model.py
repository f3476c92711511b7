"""A model file put in canonical order."""

from __future__ import annotations

from pathlib import Path

from withdrawal_risk.arguments import true_or_false
from withdrawal_risk.files import write_bytes
from withdrawal_risk.model.canonical import canonical
from withdrawal_risk.model.file import MODEL_FILE
from withdrawal_risk.model.library import resolve
from withdrawal_risk.model.text_file import read_text

__all__ = ["format_model"]


def format_model(path: str | Path, *, write: bool = True) -> bool:
    """Put the keys of a model file in the order of its reference; comments stay with their keys.

    Parameters
    ----------
    path : str or Path
        To a model folder or file.
    write : bool
        Whether to write it; otherwise it is only compared.

    Returns
    -------
    bool
        Whether it was in another order.

    Raises
    ------
    ArgumentError
        If there is no such model.
    ModelFileError
        If the file is no YAML.
    WithdrawalRiskError
        If it cannot be put in order without changing what it says, or cannot be written.

    Examples
    --------
    >>> wr.format_model("iraq-2025", write=False)
    False
    """
    write, place = true_or_false(write, "write"), resolve(path)
    file = place / MODEL_FILE if place.is_dir() else place
    text = read_text(file, str(file)).text
    ordered = canonical(text, str(file))
    if write and ordered != text:
        write_bytes(file, ordered.encode())
    return ordered != text
