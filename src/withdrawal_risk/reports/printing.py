"""Pages as PDF, printed by a browser that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from withdrawal_risk.errors import WithdrawalRiskError
from withdrawal_risk.files import check_target, path_of, write_bytes

__all__ = ["find_browser", "print_pdf"]

_BROWSERS: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("msedge", "microsoft-edge"),
)

_MOST_SECONDS: Final = 120


def find_browser() -> str:
    """Return the command of an installed Chromium or one of its kin.

    Raises
    ------
    WithdrawalRiskError
        If there is none.
    """
    for name in _BROWSERS:
        if found := shutil.which(name):
            return found
    raise WithdrawalRiskError(
        f"no Chromium was found to print with (looked for {', '.join(_BROWSERS)}); install one, or "
        "open the HTML file in any browser and print it there"
    )


def print_pdf(page: Path, output: str | Path, *, part: str = "") -> Path:
    """Print a page as PDF.

    Parameters
    ----------
    page : Path
        HTML file.
    output : str or Path
        PDF file; it appears whole or not at all.
    part : str
        After the ``#`` of the page's address, such as the language that is shown.

    Raises
    ------
    WithdrawalRiskError
        If no browser is installed, or it prints nothing.
    """
    target, browser = path_of(output, "output"), find_browser()
    check_target(target)
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder, "page.pdf")
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            # A profile of its own, so that a browser that is open is left alone.
            f"--user-data-dir={folder}/profile",
            "--no-pdf-header-footer",
            f"--print-to-pdf={printed}",
            f"{page.resolve().as_uri()}{f'#{part}' if part else ''}",
        ]
        # As root, which is how containers run, Chromium refuses to start in its sandbox.
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")
        try:
            done = subprocess.run(command, capture_output=True, timeout=_MOST_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WithdrawalRiskError(f"{browser} did not print {page}: {error}") from None
        if done.returncode or not printed.is_file():
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise WithdrawalRiskError(
                f"{browser} did not print {page}: {said[-1] if said else 'it said nothing'}; open "
                "the page in a browser and print it there"
            )
        write_bytes(target, printed.read_bytes())
    return target
