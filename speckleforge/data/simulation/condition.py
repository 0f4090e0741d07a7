"""What a named condition says: beam, sample, hits, background, detector. Frozen values; computes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Beam:
    """The X-ray pulse and its focus.

    Attributes
    ----------
    photon_energy_kev
        Photon energy.
    focus_fwhm_um
        Full width at half maximum of the Gaussian focus.
    focus_cut
        Fluence at the edge of the area in which a particle counts as hit, relative to the middle of the focus. Hits are
        uniform over that area.
    sase_modes
        Independent modes of a pulse: its energy fluctuates by `1 / sqrt(sase_modes)`.
    photons_per_pattern
        Mean photons of single hits of each particle on the sensitive area, without background; attenuators set it.
    highest_fluence_photons_per_um2
        Mean fluence in the middle of the focus without attenuators. A particle that needs more gives fewer photons.
    """

    photon_energy_kev: float
    focus_fwhm_um: float
    focus_cut: float
    sase_modes: int
    photons_per_pattern: float
    highest_fluence_photons_per_um2: float


@dataclass(frozen=True)
class Sample:
    """Particles of the procedural families; structures from files bring their own sizes.

    Attributes
    ----------
    diameter_nm
        Range of the largest diameter, uniform over particles.
    scatterer_sigma_nm
        Width of the Gaussians that a particle is made of: its finest detail.
    electrons_per_nm3
        Electron density.
    globular_share, icosahedral_share, helix_share, spheroid_share
        How often a particle is of the family.
    """

    diameter_nm: tuple[float, float]
    scatterer_sigma_nm: float
    electrons_per_nm3: float
    globular_share: float
    icosahedral_share: float
    helix_share: float
    spheroid_share: float


@dataclass(frozen=True)
class Multi:
    """Shots that hit two to five particles.

    Attributes
    ----------
    mean_particles
        Mean of the Poisson number of particles in the focus, of which two to five make such a shot.
    touching_share
        How often they came in one droplet and touch; otherwise they are anywhere in the focus.
    stream_sigma_um
        Extent of the particle stream along the beam.
    """

    mean_particles: float
    touching_share: float
    stream_sigma_um: float


@dataclass(frozen=True)
class Droplets:
    """Matter that is not sample: droplets, and what stays of them when they dry.

    Attributes
    ----------
    radius_nm
        Range of the mean radius, log-uniform.
    axis_sigma
        Spread of the logarithm of each semi-axis about it.
    electrons_per_nm3
        Electron density.
    """

    radius_nm: tuple[float, float]
    axis_sigma: float
    electrons_per_nm3: float


@dataclass(frozen=True)
class Background:
    """Photons of gas, optics, fluorescence and solvent, which scale with the pulse energy.

    Attributes
    ----------
    photons
        Mean on the sensitive area.
    sigma
        Spread of its logarithm beside the pulse energy.
    halo_share, halo_q_per_nm
        Share that falls off as exp(-q / halo_q); it is scattered by gas and apertures.
    ring_share, ring_q_per_nm, ring_sigma_per_nm
        Share in the solvent's ring. The rest is isotropic: fluorescence.
    """

    photons: float
    sigma: float
    halo_share: float
    halo_q_per_nm: float
    ring_share: float
    ring_q_per_nm: float
    ring_sigma_per_nm: float


@dataclass(frozen=True)
class Detector:
    """A flat detector across the beam. The frame's pixels divide its longer side.

    Attributes
    ----------
    distance_mm, longer_side_mm
        Distance from the interaction point, and extent of the frame's longer side.
    centre_drift_mm, centre_jitter_mm
        Standard deviation, per axis, of the beam's place: from particle to particle (a run each) and from shot to shot.
    beam_stop_radius_mm
        Radius of the blind middle.
    modules, module_gap_mm
        Rows and columns of modules, and the blind strip between two of them.
    missing_modules
        Blind modules, each (row, column) from 0.
    dead_share, hot_share
        Share of pixels that see nothing, and that count `hot_photons` a frame without light.
    hot_photons
        Mean counts of a hot pixel without light.
    seed
        Which pixels are dead or hot, and the maps of pedestal and gain: the detector is part of the condition.
    """

    distance_mm: float
    longer_side_mm: float
    centre_drift_mm: float
    centre_jitter_mm: float
    beam_stop_radius_mm: float
    modules: tuple[int, int]
    module_gap_mm: float
    missing_modules: tuple[tuple[int, int], ...]
    dead_share: float
    hot_share: float
    hot_photons: float
    seed: int


@dataclass(frozen=True)
class Raw:
    """The electronics, for frames in ADU.

    Attributes
    ----------
    pedestal_adu, pedestal_spread_adu
        Mean over pixels of the level without light, and its standard deviation from pixel to pixel.
    adu_per_photon, gain_spread
        Mean gain, and its relative standard deviation from pixel to pixel.
    noise_adu
        Readout noise of a pixel.
    row_common_mode_adu, frame_common_mode_adu
        Standard deviation of the offset that all pixels of a row, and of a frame, share in one shot.
    charge_sigma_um
        Width of the charge cloud of a photon.
    highest_adu
        Where the converter saturates.
    dark_frames
        Frames without light behind the pedestal that the source knows.
    """

    pedestal_adu: float
    pedestal_spread_adu: float
    adu_per_photon: float
    gain_spread: float
    noise_adu: float
    row_common_mode_adu: float
    frame_common_mode_adu: float
    charge_sigma_um: float
    highest_adu: int
    dark_frames: int


@dataclass(frozen=True)
class Condition:
    """A named condition; `digest` is that of its values alone, without reasons."""

    name: str
    about: str
    digest: str
    beam: Beam
    sample: Sample
    multi: Multi
    droplets: Droplets
    background: Background
    detector: Detector
    raw: Raw
