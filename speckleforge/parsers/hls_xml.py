"""`csynth.xml` and `<module>_csynth.xml` of Vivado HLS and Vitis HLS. Takes their text; gives the synthesis record.

A loop is an element named like it, with a `TripCount`; `undef` and `?` are not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from speckleforge.errors import FormatError, Problem
from speckleforge.parsers.hls_records import (
    RESOURCES,
    UNKNOWN,
    HlsInstance,
    HlsLoop,
    HlsModule,
    HlsPort,
    HlsResource,
    HlsSynthesis,
    Range,
    check_depth,
    read_range,
)
from speckleforge.parsers.printed_numbers import integer, real

_LAST_VIVADO_HLS = (2020, 1)


def parse_hls_xml(text: str, where: str = "csynth.xml") -> HlsSynthesis:
    """Parse the XML report.

    Raises
    ------
    FormatError
        It is no such report, or it is cut.
    """
    root = _root(text, where)
    assigned, performance = root.find("UserAssignments"), root.find("PerformanceEstimates")
    if assigned is None or performance is None:
        raise FormatError(Problem("not a synthesis report of HLS: no UserAssignments or PerformanceEstimates", where))
    overall = performance.find("SummaryOfOverallLatency")
    version = _text(root, "ReportVersion/Version")
    area = root.find("AreaEstimates")
    return HlsSynthesis(
        tool=_tool(version, area),
        version=version,
        top=_text(assigned, "TopModelName"),
        part=_text(assigned, "Part"),
        family=_text(assigned, "ProductFamily"),
        flow_target=_text(assigned, "FlowTarget"),
        clock_name=None,
        clock_target_ns=real(_text(assigned, "TargetClockPeriod")),
        clock_uncertainty_ns=real(_text(assigned, "ClockUncertainty")),
        clock_estimated_ns=real(_text(performance, "SummaryOfTimingAnalysis/EstimatedClockPeriod")),
        latency_cycles=_ends(overall, "Best-caseLatency", "Worst-caseLatency"),
        latency_average_cycles=integer(_text(overall, "Average-caseLatency")),
        interval_cycles=_ends(overall, "Interval-min", "Interval-max"),
        pipeline=_text(performance, "PipelineType"),
        resources=_resources(area),
        loops=_loops(performance.find("SummaryOfLoopLatency"), where),
        instances=_instances(root),
        ports=tuple(_port(port) for port in root.iterfind("InterfaceSummary/RtlPorts")),
        modules=tuple(_module(module, where) for module in root.iterfind("ModuleInformation/Module")),
    )


def _root(text: str, where: str) -> Element:
    """The root element of a report; one that defines entities is none."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FormatError(Problem("not a synthesis report of HLS: it declares a document type", where))
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise FormatError(Problem("not a synthesis report of HLS: no XML, or cut", where, got=str(error))) from error
    if root.tag != "profile":
        raise FormatError(
            Problem("not a synthesis report of HLS", where, got=f"<{root.tag[:40]}>", allowed="<profile>")
        )
    return root


def _text(element: Element | None, path: str) -> str | None:
    """Text at a path; None for an empty one."""
    found = element.findtext(path) if element is not None else None
    return found.strip() or None if found else None


def _tool(version: str | None, area: Element | None) -> str | None:
    """The tool, which XML does not name: Vitis HLS followed Vivado HLS in 2020.2. Source: AMD UG1391, migration guide.

    In 2020.1 there were both; that year's Vivado HLS is told by its name for a DSP.
    """
    match = re.match(r"([0-9]{4})\.([0-9]+)", version or "")
    if match is None:
        return None
    release = int(match[1]), int(match[2])
    if release == _LAST_VIVADO_HLS and (area is None or area.find("Resources/DSP48E") is None):
        return None
    return "Vivado HLS" if release <= _LAST_VIVADO_HLS else "Vitis HLS"


def _ends(element: Element | None, low: str, high: str) -> Range:
    """A range from two fields."""
    return Range(integer(_text(element, low)), integer(_text(element, high)))


def _resources(area: Element | None) -> dict[str, HlsResource]:
    """Used and available by common name, as far as they are listed."""
    used, available = _counts(area, "Resources"), _counts(area, "AvailableResources")
    return {name: HlsResource(used.get(name), available.get(name)) for name in {**used, **available}}


def _counts(area: Element | None, path: str) -> dict[str, int | None]:
    """Numbers below an element, by common name."""
    entries = area.iterfind(f"{path}/*") if area is not None else ()
    return {RESOURCES[entry.tag]: integer(entry.text) for entry in entries if entry.tag in RESOURCES}


def _loops(element: Element | None, where: str, depth: int = 0) -> tuple[HlsLoop, ...]:
    """Loops directly below an element."""
    check_depth(depth, where)
    below: Iterable[Element] = element if element is not None else ()
    return tuple(_loop(entry, where, depth) for entry in below if entry.find("TripCount") is not None)


def _loop(element: Element, where: str, depth: int) -> HlsLoop:
    """One loop."""
    interval = integer(_text(element, "PipelineII"))
    return HlsLoop(
        name=_text(element, "Name") or element.tag,
        trip_count=_range(element, "TripCount"),
        latency_cycles=_range(element, "Latency"),
        iteration_latency_cycles=_range(element, "IterationLatency"),
        ii_achieved=interval,
        ii_target=None,
        depth_cycles=integer(_text(element, "PipelineDepth")),
        pipelined=element.find("PipelineII") is not None,
        loops=_loops(element, where, depth + 1),
    )


def _range(element: Element, path: str) -> Range:
    """A number, or a `range` with `min` and `max`."""
    inner = element.find(f"{path}/range")
    return read_range(_text(element, path)) if inner is None else _ends(inner, "min", "max")


def _port(element: Element) -> HlsPort:
    """One port."""
    return HlsPort(
        name=_text(element, "name") or "",
        direction=_text(element, "Dir"),
        bits=integer(_text(element, "Bits")),
        protocol=_text(element, "IOProtocol"),
        source=_text(element, "Object"),
        c_type=_text(element, "Type"),
    )


def _instances(root: Element) -> tuple[HlsInstance, ...]:
    """Instances in the top, as Vitis HLS lists them; latency and area stand with their modules."""
    return tuple(
        HlsInstance(_text(entry, "InstName") or "", _text(entry, "ModuleName") or "", UNKNOWN, UNKNOWN, None, {})
        for entry in root.iterfind("RTLDesignHierarchy/TopModule/InstancesList/Instance")
    )


def _module(element: Element, where: str) -> HlsModule:
    """One module below the top."""
    performance = element.find("PerformanceEstimates")
    overall = performance.find("SummaryOfOverallLatency") if performance is not None else None
    interval = _ends(overall, "Interval-min", "Interval-max")
    return HlsModule(
        name=_text(element, "Name") or "",
        clock_estimated_ns=real(_text(performance, "SummaryOfTimingAnalysis/EstimatedClockPeriod")),
        latency_cycles=_ends(overall, "Best-caseLatency", "Worst-caseLatency"),
        interval_cycles=read_range(_text(overall, "PipelineInitiationInterval")) if interval == UNKNOWN else interval,
        pipeline=_text(overall, "PipelineType"),
        resources=_module_resources(element.find("AreaEstimates/Resources")),
        loops=_loops(performance.find("SummaryOfLoopLatency") if performance is not None else None, where),
    )


def _module_resources(area: Element | None) -> dict[str, HlsResource]:
    """Used and available of a module, which stand side by side (`DSP`, `AVAIL_DSP`; `BRAM_18K`, `AVAIL_BRAM`)."""
    names = {tag: name for tag, name in RESOURCES.items() if _text(area, tag) is not None}
    available = {name: integer(_text(area, f"AVAIL_{tag.removesuffix('_18K')}")) for tag, name in names.items()}
    return {name: HlsResource(integer(_text(area, tag)), available[name]) for tag, name in names.items()}
