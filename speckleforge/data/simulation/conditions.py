"""Named beam, sample and detector conditions of the simulation. Takes a name; gives frozen constants; computes nothing.

A condition is part of what a trained model means, so a published one never changes: a better one gets a new name.
"""

from __future__ import annotations

from dataclasses import dataclass

from speckleforge.errors import Problem, SpecError, did_you_mean


@dataclass(frozen=True)
class Condition:
    """What the beam, the sample delivery and the detector do, apart from the image's size.

    Attributes
    ----------
    photon_energy_kev
        Photon energy; sets the curvature of the Ewald sphere.
    edge_resolution_nm
        Full-period resolution at the middle of the image's longer side: `2 pi / q`. Fixing it instead of a
        pixel pitch keeps the physics when a spec changes the number of pixels.
    photons
        Mean photons per pattern of one particle, outside the beam stop and without background.
    fluence_sigma
        Shot-to-shot spread of the fluence: sigma of the log-normal factor (mean 1).
    focus_weight
        Range of the factor on the fluence that a particle meets at its place in the focus (uniform).
    background_photons
        Mean photons per pattern from gas, optics and fluorescence, outside the beam stop.
    background_sigma
        Sigma of the log-normal factor on the background (mean 1).
    halo
        Fraction of the background that falls off with the scattering angle; the rest is flat.
    beam_stop
        Radius of the blind centre in units of half of the image's longer side.
    diameter_nm
        Range of particle diameters (uniform over particles).
    scatterer_sigma_nm
        Width of one Gaussian scatterer.
    separation_nm
        Standard deviation, per axis, of the places of the particles of a multi-hit.
    multiplicity
        Least and largest number of particles in a multi-hit.
    droplet_semi_axis_nm
        Range of the semi-axes of droplets and other matter that is not sample (log-uniform).
    droplet_brightness, droplet_sigma
        Median photons of such a pattern in units of `photons`, and the sigma of its logarithm.
    """

    photon_energy_kev: float = 1.7
    edge_resolution_nm: float = 12.0
    photons: float = 4000.0
    fluence_sigma: float = 0.5
    focus_weight: tuple[float, float] = (0.3, 1.0)
    background_photons: float = 400.0
    background_sigma: float = 0.3
    halo: float = 0.4
    beam_stop: float = 0.05
    diameter_nm: tuple[float, float] = (35.0, 60.0)
    scatterer_sigma_nm: float = 2.5
    separation_nm: float = 150.0
    multiplicity: tuple[int, int] = (2, 4)
    droplet_semi_axis_nm: tuple[float, float] = (60.0, 200.0)
    droplet_brightness: float = 3.0
    droplet_sigma: float = 0.6


CONDITIONS: dict[str, Condition] = {
    # 1.7 keV and a detector edge near 12 nm: the soft X-ray end station of LCLS (AMO, pnCCD at 0.4-0.6 m), where
    # 35-60 nm particles give 6 to 10 speckles across the image. 4000 photons is the fluence at which one and
    # several particles are told apart in most patterns but not in all: the regime in which a decision has a price.
    "reference": Condition(),
    # Eight times the photons, the same background: shows what is left when counting noise is not the limit.
    "bright": Condition(photons=32000.0),
    # A tenth of the photons: a weak pulse or the edge of the focus, where signal and background are equal.
    "dim": Condition(photons=400.0),
}


def condition(name: str) -> Condition:
    """Return the condition `name`.

    Raises
    ------
    SpecError
        If there is no such condition; names the nearest one.
    """
    if name not in CONDITIONS:
        raise SpecError(
            Problem(
                f"no condition '{name}'",
                where="data.condition",
                got=repr(name),
                allowed=", ".join(CONDITIONS),
                next_step=did_you_mean(name, list(CONDITIONS)),
            )
        )
    return CONDITIONS[name]
