"""The policy of a page."""

from __future__ import annotations

from withdrawal_risk.reports.security import policy


def test_a_page_names_its_style_and_script_by_their_digest() -> None:
    """The digests of two texts by openssl, the first an example of the policy's specification."""
    rules = dict(
        rule.split(" ", 1)
        for rule in policy("p { color: red; }", "alert('Hello, world.');").split("; ")
    )
    assert rules == {
        "default-src": "'none'",
        "style-src": "'sha256-pckGv9YvNcB5xy+Y4fbqhyo+ib850wyiuWeNbZvLi00='",
        "script-src": "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_a_page_may_have_several_scripts_and_workers_made_of_them() -> None:
    rules = policy("", "alert('Hello, world.');", "1", workers=True)
    first = "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    second = "'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    assert f"script-src {first} {second}; worker-src blob:;" in rules


def test_a_page_without_a_script_lets_none_in() -> None:
    assert "script-src" not in policy("p { color: red; }")
