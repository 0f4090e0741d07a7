"""The HLS plan of any front end. Takes a job, a front end and its release; gives a plan."""

from __future__ import annotations

from speckleforge.synth.amd.hls import HlsJob, hls_tcl_plan
from speckleforge.synth.amd.hls_config import hls_config_plan
from speckleforge.synth.amd.vendor_plan import VendorPlan
from speckleforge.tools.front_ends import VPP, FrontEnd
from speckleforge.tools.releases import Release


def hls_plan(job: HlsJob, front: FrontEnd, at: Release) -> VendorPlan:
    """What an HLS run does; raises `DesignError` where the front end is not in this release."""
    return hls_config_plan(job, at) if front == VPP else hls_tcl_plan(job, front, at)
