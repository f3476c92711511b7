"""Ways in which texts and bytes go wrong."""

from __future__ import annotations

import io
from collections.abc import Callable

import h5py
import numpy as np

ODD = (
    "", "~", "null", "true", "nan", ".inf", "-1", "0", "1e308", "-1e308", "1e-320", "9" * 400, "0x1f", "1_000", "'", '"', "[", "{", "}", "]",
    "&a 1", "*a", "!!python/object 1", "%", "- ", "? ", "| ", "\t", "\u202e", "\u2028", "\x07", "\ufeff", "٢٠٢٥", "ق" * 70, "a" * 5000,
    "{p5: 1, p95: 1e9}", "{p5: -1e300, p95: 1e300}", "[1, 2, 3]", "{en: one, two}", "2025-13", "9999-12", "0001-01", "../../etc/passwd",
    "/dev/zero", "<script>", "=1+1", "%PDF", ";", ",", ",,,,,", "10,431", "56.3%", "01/04/2021", "N/A",
)  # fmt: skip
"""What may stand where something else was meant."""


def of_text(text: str, rng: np.random.Generator) -> str:
    """Return a text with one to three things wrong."""
    for _ in range(int(rng.integers(1, 4))):
        text = TEXTUAL[int(rng.integers(len(TEXTUAL)))](text, rng)
    return text


def _lines(
    change: Callable[[list[str], int, np.random.Generator], None],
) -> Callable[[str, np.random.Generator], str]:
    def apply(text: str, rng: np.random.Generator) -> str:
        lines = text.split("\n")
        change(lines, int(rng.integers(len(lines))), rng)
        return "\n".join(lines)

    return apply


def _odd(rng: np.random.Generator) -> str:
    return ODD[int(rng.integers(len(ODD)))]


def _drop(lines: list[str], at: int, rng: np.random.Generator) -> None:
    del lines[at]


def _double(lines: list[str], at: int, rng: np.random.Generator) -> None:
    lines[at:at] = [lines[at]] * int(rng.integers(1, 30))


def _swap(lines: list[str], at: int, rng: np.random.Generator) -> None:
    other = int(rng.integers(len(lines)))
    lines[at], lines[other] = lines[other], lines[at]


def _indent(lines: list[str], at: int, rng: np.random.Generator) -> None:
    lines[at] = " " * int(rng.integers(0, 9)) + lines[at].lstrip()


def _value(lines: list[str], at: int, rng: np.random.Generator) -> None:
    head, colon, _ = lines[at].partition(":")
    lines[at] = f"{head}{colon} {_odd(rng)}"


def _word(lines: list[str], at: int, rng: np.random.Generator) -> None:
    mark = "," if rng.random() < 0.5 else " "
    words = lines[at].split(mark)
    words[int(rng.integers(len(words)))] = _odd(rng)
    lines[at] = mark.join(words)


def _insert(text: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(len(text) + 1))
    return text[:at] + _odd(rng) + text[at:]


def _cut(text: str, rng: np.random.Generator) -> str:
    a, b = sorted(int(n) for n in rng.integers(len(text) + 1, size=2))
    return text[:a] + text[b:] if rng.random() < 0.5 else text[:b]


def _grow(text: str, rng: np.random.Generator) -> str:
    piece = _odd(rng) or "x"
    return text + piece * int(rng.integers(1, 20_000 // len(piece) + 2))


TEXTUAL = (_lines(_drop), _lines(_double), _lines(_swap), _lines(_indent), _lines(_value), _lines(_word), _lines(_value), _lines(_word),
           _insert, _cut, _grow)  # fmt: skip


def of_bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """Return bytes of which some are flipped, cut off, doubled, moved or made up."""
    data = bytearray(content)
    kind = int(rng.integers(6))
    a, b = sorted(int(n) for n in rng.integers(len(data) + 1, size=2))
    if kind == 0:
        for at in rng.integers(len(data), size=int(rng.integers(1, 9))):
            data[int(at)] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del data[b:]
    elif kind == 2:
        del data[a:b]
    elif kind == 3:
        data[a:a] = rng.bytes(int(rng.integers(1, 200)))
    elif kind == 4:
        size = min(int(rng.integers(1, 4096)), len(data) - a)
        data[a : a + size] = rng.bytes(size)
    else:
        return rng.bytes(int(rng.integers(0, 4096)))
    return bytes(data)


def of_hdf5(content: bytes, rng: np.random.Generator) -> bytes:
    """Return an HDF5 file that is well formed and holds something else: other numbers, names, links, types or places."""
    buffer = io.BytesIO(content)
    with h5py.File(buffer, "r+") as file:
        names: list[str] = []
        file.visititems(
            lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None
        )
        name = names[int(rng.integers(len(names)))]
        array, kind = file[name], int(rng.integers(10))
        if kind == 0 and array.dtype.kind in "if" and array.size:
            values = array[()]
            values.flat[int(rng.integers(array.size))] = rng.choice([0, 1, -1, 7])
            array[()] = values
        elif kind == 1 and array.dtype.kind == "f" and array.size:
            values = array[()]
            values.flat[0] = np.nan
            array[()] = values
        elif kind == 2:
            del file[name]
        elif kind == 3:
            del file[name]
            file[name] = h5py.ExternalLink("/etc/passwd", "/")
        elif kind == 4:
            del file[name]
            file[name] = h5py.SoftLink("/posterior/level")
        elif kind == 5:
            shape = array.shape
            del file[name]
            file.create_dataset(
                name,
                shape=shape,
                dtype="f8",
                external=[("/etc/passwd", 0, 8 * max(array_size(shape), 1))],
            )
        elif kind == 6:
            del file[name]
            file.create_dataset(name, shape=(2**40,), dtype="f8", chunks=(2**20,))
        elif kind == 7:
            file.attrs["withdrawal_risk"] = of_text(str(file.attrs["withdrawal_risk"]), rng)
        elif kind == 8:
            del file[name]
            file.create_dataset(name, data=np.zeros((1, 1)), dtype="f4")
        else:
            file.create_group(f"more{int(rng.integers(99))}")
    return buffer.getvalue()


def array_size(shape: tuple[int, ...]) -> int:
    """Return how many numbers an array of a shape has."""
    return int(np.prod(shape))
