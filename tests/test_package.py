"""The package as a whole: what it imports, and what its public names are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import withdrawal_risk as wr

ROOT = Path(__file__).parents[1]


def _python(code: str, *path: Path) -> str:
    """Run code in a fresh interpreter, with folders put first on the module path."""
    prelude = "".join(f"import sys; sys.path.insert(0, {str(p)!r})\n" for p in path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", prelude + code],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_asking_a_saved_posterior_needs_no_pymc(posterior: wr.Posterior, tmp_path: Path) -> None:
    posterior.save(tmp_path / "small.nc")
    loaded = _python(
        f"import withdrawal_risk as wr; p = wr.open_posterior({str(tmp_path / 'small.nc')!r})\n"
        "wr.outlook(p, futures=4); wr.forecast(p); wr.check(p)\n"
        "import sys; print(sorted({'pymc', 'pytensor', 'nutpie', 'matplotlib'} & set(sys.modules)))"
    )
    assert loaded == "[]"


def test_a_preliminary_answer_needs_no_pymc(tmp_path: Path) -> None:
    """Nor does it leave anything in the cache."""
    loaded = _python(
        "import os, sys, contextlib, io, json\n"
        f"os.environ['WITHDRAWAL_RISK_CACHE'] = {str(tmp_path)!r}\n"
        "from withdrawal_risk.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()) as shown, contextlib.suppress(SystemExit):\n"
        f"    main(['outlook', {str(ROOT / 'tests/data/small')!r}, '--preliminary', '--json'])\n"
        "print(json.loads(shown.getvalue())['preliminary'],\n"
        "      sorted({'pymc', 'pytensor', 'nutpie', 'pandas', 'xarray'} & set(sys.modules)))"
    )
    assert loaded == "True []" and not list(tmp_path.iterdir())


def test_checking_a_file_needs_no_numba() -> None:
    loaded = _python(
        "import withdrawal_risk as wr; wr.load_model('iraq-2025')\n"
        "import sys; print(sorted({'pymc', 'pytensor', 'numba', 'xarray', 'matplotlib'} & set(sys.modules)))"
    )
    assert loaded == "[]"


def test_public_names_exist() -> None:
    for name in wr.__all__:  # type: ignore[attr-defined]
        assert getattr(wr, name).__doc__, name


def test_no_public_name_is_that_of_a_folder() -> None:
    """Importing a subpackage sets its name on the package, over a function of that name."""
    package = Path(wr.__file__).parent
    parts = {
        place.stem
        for place in package.iterdir()
        if place.suffix == ".py" or (place / "__init__.py").is_file()
    }
    assert not parts & set(wr.__all__)  # type: ignore[attr-defined]
