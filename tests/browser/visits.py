"""Visits of a page in Chromium, during which everything that the page says and asks is noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request

__all__ = ["DESKTOP", "PHONE", "Noted", "visiting"]

DESKTOP: Final = {"viewport": {"width": 1100, "height": 800}}
PHONE: Final = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

_WATCH: Final = """
window.violations = [];
addEventListener("securitypolicyviolation",
  (event) => violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Noted:
    """What a page said in the console, threw, broke of its policy, and asked for."""

    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)


def _watch(context: BrowserContext, noted: Noted) -> Page:
    context.add_init_script(_WATCH)

    # A worker's script is a text of the page itself; nothing is fetched for it.
    def asked(request: Request) -> None:
        if not request.url.startswith("blob:"):
            noted.requests.add(request.url.split("#")[0])

    # A page that opens a dialogue has run something; it must not wait for ever.
    def refused(dialog: Dialog) -> None:
        noted.errors.append(dialog.message)
        dialog.dismiss()

    context.on("request", asked)
    page = context.new_page()
    page.on("console", lambda message: noted.console.append(message.text))
    page.on("pageerror", lambda error: noted.errors.append(str(error)))
    page.on("dialog", refused)
    return page


@contextmanager
def visiting(browser: Browser, file: Path, part: str = "", **settings: Any) -> Iterator[Page]:
    """Open a page at a part of it, and see at the end that it was quiet all the while.

    Parameters
    ----------
    browser : Browser
    file : Path
    part : str
        After the ``#`` of the address.
    **settings
        Of the context, such as `PHONE`, ``color_scheme`` and ``java_script_enabled``.
    """
    context, noted = browser.new_context(**(DESKTOP | settings)), Noted()
    try:
        page = _watch(context, noted)
        page.goto(f"{file.as_uri()}{f'#{part}' if part else ''}")
        yield page
        if settings.get("java_script_enabled", True):
            noted.violations += page.evaluate("violations")
    finally:
        context.close()
    assert noted == Noted(requests={file.as_uri()}), noted
