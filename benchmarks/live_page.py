"""How long a page takes for an answer in Chromium: ``python -m benchmarks.live_page PAGE``.

PAGE is a report or a page of `wr.explore`. Printed are the milliseconds from the beginning of the
visit to the first probabilities, and from a changed number to its answer: the median of 20, the
shortest and the longest, for a factor that is set and for one that is shifted, changed in its field
and by the address, which makes all controls anew.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

QUESTIONS = 20

_FACTOR = """() => {
  const data = JSON.parse(document.getElementById("live-data").textContent);
  const factor = data.nodes.find((node) => node.feedback && !node.hidden && !node.policy);
  return [factor.name, data.months[0], data.months.at(-1)];
}"""

# A question is shown with the answer before it until its own is there.
_ASK = """([how, value]) => new Promise((resolve) => {
  const place = document.querySelector("#live table").parentElement;
  const field = document.getElementById("live-setting-0-value");
  const before = place.textContent;
  const began = performance.now();
  const seen = new MutationObserver(() => {
    if (place.textContent === before) return;
    seen.disconnect();
    resolve(performance.now() - began);
  });
  seen.observe(place, { childList: true });
  if (how === "address") {
    location.hash = value;
  } else {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
})"""


def _asked(page: Page, how: str, value: str) -> list[float]:
    """Return the milliseconds that each of some sizes of a question takes."""
    times = []
    for k in range(QUESTIONS + 1):
        times.append(float(page.evaluate(_ASK, [how, value.format(size=f"{0.3 + k / 10:.1f}")])))
        page.wait_for_selector('#live [aria-busy="false"]')
    # The first one compiles the script.
    return times[1:]


def main() -> None:
    """Measure the page that the command line names."""
    (place,) = sys.argv[1:]
    path = Path(place).resolve()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(path.as_uri())
        page.wait_for_selector("#live table", state="attached")
        first = float(page.evaluate("performance.now()"))
        print(f"first answer {first:.0f} ms")
        factor, begin, end = page.evaluate(_FACTOR)
        for kind in ("", "shift+"):
            question = f"ask={factor}:{kind}{{size}}@{begin}..{end}"
            for how, value in (("address", question), ("field", "{size}")):
                times = _asked(page, how, value)
                print(
                    f"{question} by {how}: {statistics.median(times):.0f} ms "
                    f"({min(times):.0f} to {max(times):.0f})"
                )
        browser.close()


if __name__ == "__main__":
    main()
