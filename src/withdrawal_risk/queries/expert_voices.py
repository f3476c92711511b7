"""P(condition | draw) under the ranges of each expert, by reweighting or by fits of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from withdrawal_risk.characters import letters
from withdrawal_risk.errors import ArgumentError
from withdrawal_risk.inference.judgements import log_ratio
from withdrawal_risk.inference.posterior import Posterior
from withdrawal_risk.model.ranges import range_at, with_ranges
from withdrawal_risk.model.validation.network import dynamics_faults
from withdrawal_risk.queries.expert_packages import Package, covering
from withdrawal_risk.queries.mixtures import Voice
from withdrawal_risk.queries.moved_refits import fit_settings, refits, refitted_model
from withdrawal_risk.simulation.observation import ESS_LIMIT, KHAT_LIMIT
from withdrawal_risk.simulation.probabilities import probabilities
from withdrawal_risk.simulation.tilting import Reweighted
from withdrawal_risk.tasks import Pool

__all__ = ["Voices"]

Array = NDArray[np.float64]

_OWN = "fit"


class Voices:
    """Gives every package of ranges its draws.

    Parameters
    ----------
    posterior : Posterior
    condition : str
    refit, futures, random_seed, pool, folder, progressbar
        As in `panel`.
    """

    def __init__(
        self,
        posterior: Posterior,
        condition: str,
        *,
        refit: bool,
        futures: int,
        random_seed: int,
        pool: Pool | None,
        folder: str | Path | None,
        progressbar: bool,
    ) -> None:
        self.posterior, self.condition = posterior, condition
        self.refit, self.futures, self.random_seed = refit, futures, random_seed
        self.pool, self.folder, self.progressbar = pool, folder, progressbar
        self.p = self._p(posterior)

    @property
    def own(self) -> Voice:
        """The draws under the ranges of the file."""
        return _plain(_OWN, self.p)

    def of_all(self, several: Mapping[str, Package]) -> tuple[list[Voice], list[bool]]:
        """Return the draws of every package, and which of them needed a further fit."""
        for name, package in several.items():
            self._check(name, package)
        voices = {
            name: self._reweighted(_OWN, self.posterior, self.p, package)
            for name, package in several.items()
        }
        poor = [name for name, voice in voices.items() if not voice.trusted]
        if poor and not self.refit:
            raise ArgumentError(
                f"the ranges of {', '.join(poor)} lie too far from those of the file for its draws "
                f"to be reweighted (Pareto k above {KHAT_LIMIT}, or fewer than {ESS_LIMIT} "
                "effective draws); allow refits"
            )
        refitted = set(poor)
        if len(poor) > 1:
            voices |= self._by_covering({name: several[name] for name in poor}, several)
            poor = [name for name in poor if not voices[name].trusted]
        if poor:
            voices |= self._alone({name: several[name] for name in poor})
        return list(voices.values()), [name in refitted for name in voices]

    def _check(self, name: str, package: Package) -> None:
        """Refuse ranges together with which the network is no model."""
        for _, message in dynamics_faults(with_ranges(self.posterior.model.spec, package)):
            raise ArgumentError(f"the ranges of {name} do not make a model: {message}")

    def _p(self, posterior: Posterior) -> Array:
        found = probabilities(posterior, futures=self.futures, random_seed=self.random_seed)
        return found.value[0, found.names.index(self.condition)]

    def _reweighted(self, source: str, posterior: Posterior, p: Array, package: Package) -> Voice:
        if not package:
            return _plain(source, p)
        there = Reweighted(log_ratio(posterior, package))
        return Voice(source=source, p=p, weight=there.weight, khat=there.khat, ess=there.ess)

    def _by_covering(
        self, poor: Mapping[str, Package], several: Mapping[str, Package]
    ) -> dict[str, Voice]:
        """Fit once with ranges that cover those of all, and weigh its draws by each package."""
        spec = self.posterior.model.spec
        wide = covering(spec, several)
        if any(True for _ in dynamics_faults(with_ranges(spec, wide))):
            # Ranges that cover all need not make a model where each of them does.
            return {}
        # PyMC takes half a second, and most panels need no further fit.
        from withdrawal_risk.inference.fit import fit

        cover = fit(
            refitted_model(self.posterior.model, wide),
            progressbar=self.progressbar,
            **fit_settings(self.posterior),
        )
        p = self._p(cover)
        return {
            name: self._reweighted(
                "cover",
                cover,
                p,
                {path: package.get(path, range_at(spec, path)) for path in wide},
            )
            for name, package in poor.items()
        }

    def _alone(self, poor: Mapping[str, Package]) -> dict[str, Voice]:
        """Fit with the ranges of each package."""
        names = {f"expert_{letters(number)}": name for number, name in enumerate(poor)}
        found = refits(
            self.posterior,
            {key: poor[name] for key, name in names.items()},
            futures=self.futures,
            random_seed=self.random_seed,
            pool=self.pool,
            folder=self.folder,
            progressbar=self.progressbar,
        )
        voices = {}
        for key, record in found.items():
            k = record["condition"].tolist().index(self.condition)
            voices[names[key]] = _plain(key, record["p"][k])
        return voices


def _plain(source: str, p: Array) -> Voice:
    """Return draws that all weigh alike."""
    return Voice(
        source=source,
        p=p,
        weight=np.full(len(p), 1.0 / len(p)),
        khat=-np.inf,
        ess=float(len(p)),
    )
