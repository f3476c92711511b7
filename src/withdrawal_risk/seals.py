"""Seals: a digest after the content of a file, by which damage and changes are noticed.

A seal shows that a file is what was written, not who wrote it: whoever changes a file can seal it
again.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Final

from withdrawal_risk.files import UnreadableFile, opened, write_bytes

__all__ = ["read_sealed", "sealed", "write_sealed"]

_SEAL: Final = re.compile(rb"\nwithdrawal-risk sha256 ([0-9a-f]{64})\n")
# Bytes of a seal: 24 of text, 64 hexadecimal digits and the end of the line.
_LENGTH: Final = 89


def sealed(content: bytes) -> bytes:
    r"""Return content with its seal after it, which readers of HDF5 and zip archives ignore.

    Examples
    --------
    >>> from withdrawal_risk.seals import sealed
    >>> sealed(b"42")[:26]
    b'42\nwithdrawal-risk sha256 '
    """
    return (
        content
        + b"\nwithdrawal-risk sha256 "
        + hashlib.sha256(content).hexdigest().encode()
        + b"\n"
    )


def read_sealed(path: Path, *, most: int) -> bytes:
    """Return what `write_sealed` wrote.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that are read at most.

    Raises
    ------
    UnreadableFile
        If there is no such file, or it is not what was written.
    """
    with opened(path, most=most) as (file, size):
        # The seal first: what has none is not read at all.
        file.seek(max(size - _LENGTH, 0))
        seal = _SEAL.fullmatch(file.read(_LENGTH))
        if seal is None:
            raise UnreadableFile(
                path,
                "was not written by this library, or by an earlier version, or is cut short; write "
                "it again",
            )
        file.seek(0)
        content = file.read(size - _LENGTH)
    if hashlib.sha256(content).hexdigest() != seal[1].decode():
        raise UnreadableFile(path, "was changed or damaged since it was written; write it again")
    return content


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file with its seal, whole or not at all.

    Raises
    ------
    WithdrawalRiskError
        If it cannot be written.
    """
    write_bytes(path, sealed(content))
