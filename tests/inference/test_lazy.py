"""A posterior that is asked before it is sampled."""

from __future__ import annotations

from pathlib import Path

import pytest

import withdrawal_risk as wr
from withdrawal_risk.inference.lazy import LazyPosterior


@pytest.fixture
def kept(small: wr.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LazyPosterior:
    monkeypatch.setenv("WITHDRAWAL_RISK_CACHE", str(tmp_path / "cache"))

    def announce(text: str) -> None:
        raise AssertionError(text)

    return LazyPosterior(
        small,
        None,
        draws=100,
        tune=100,
        chains=2,
        random_seed=1,
        announce=announce,
        progressbar=False,
    )


def test_shape_and_name_are_known_before_sampling(
    kept: LazyPosterior, posterior: wr.Posterior
) -> None:
    assert (
        kept.stored_months == posterior.stored_months
        and kept.frame.coords == posterior.frame.coords
    )
    assert repr(kept).startswith("LazyPosterior('small', as_of=2023-12, path=")
    with pytest.raises(wr.ArgumentError, match="did you mean 'tension'"):
        wr.do(kept, {"tensoin": 1})


def test_what_is_kept_is_opened(
    kept: LazyPosterior, small: wr.Model, posterior: wr.Posterior
) -> None:
    def announce(text: str) -> None:
        raise AssertionError(text)

    asked = {name: posterior.settings[name] for name in ("draws", "tune", "chains", "random_seed")}
    same = LazyPosterior(small, None, announce=announce, progressbar=False, **asked)
    posterior.save(same.path)
    assert wr.outlook(same, futures=4).summary.equals(wr.outlook(posterior, futures=4).summary)
    # A fit that lies in the place of another is not believed.
    posterior.save(kept.path)
    with pytest.raises(AssertionError, match="Fitting small"):
        wr.outlook(kept, futures=4)
