"""XML reports of HLS in the manner of several versions."""

from __future__ import annotations

import pytest

from speckleforge.errors import FormatError
from speckleforge.parsers.hls_records import UNKNOWN, HlsResource, Range
from speckleforge.parsers.hls_xml import parse_hls_xml
from tests.parsers.test_hls import VIVADO_HLS

XML = """<profile>
    <ReportVersion><Version>{version}</Version></ReportVersion>
    <UserAssignments>
        <unit>ns</unit><ProductFamily>virtexuplus</ProductFamily><Part>xcu250-figd2104-2L-e</Part>
        <TopModelName>top</TopModelName><TargetClockPeriod>5.00</TargetClockPeriod>
        <ClockUncertainty>0.62</ClockUncertainty><TargetInitiationInterval>4294967295</TargetInitiationInterval>
        <FlowTarget>vivado</FlowTarget>
    </UserAssignments>
    <PerformanceEstimates>
        <PipelineType>yes</PipelineType>
        <SummaryOfTimingAnalysis><unit>ns</unit><EstimatedClockPeriod>3.803</EstimatedClockPeriod></SummaryOfTimingAnalysis>
        <SummaryOfOverallLatency>
            <Best-caseLatency>4</Best-caseLatency><Average-caseLatency>undef</Average-caseLatency>
            <Worst-caseLatency>undef</Worst-caseLatency><Interval-min>1</Interval-min><Interval-max>?</Interval-max>
        </SummaryOfOverallLatency>
        <SummaryOfLoopLatency>
            <OUTER><Slack>3.65</Slack><TripCount><range><min>2</min><max>9</max></range></TripCount>
                <Latency>undef</Latency><AbsoluteTimeLatency>undef</AbsoluteTimeLatency><IterationLatency>7</IterationLatency>
                <InstanceList><inst><Latency>5</Latency></inst></InstanceList>
                <INNER><Name>INNER</Name><TripCount>16</TripCount><Latency>17</Latency>
                    <PipelineII>1</PipelineII><PipelineDepth>3</PipelineDepth></INNER>
            </OUTER>
        </SummaryOfLoopLatency>
    </PerformanceEstimates>
    <AreaEstimates>
        <Resources>{dsp}<FF>390</FF><LUT>1783</LUT><BRAM_18K>0</BRAM_18K></Resources>
        <AvailableResources><BRAM_18K>5376</BRAM_18K><FF>3456000</FF><URAM>1280</URAM></AvailableResources>
    </AreaEstimates>
    <InterfaceSummary>
        <RtlPorts><name>ap_clk</name><Object>top</Object><Type>return value</Type><Scope/>
            <IOProtocol>ap_ctrl_hs</IOProtocol><IOConfig/><Dir>in</Dir><Bits>1</Bits><Attribute>control</Attribute></RtlPorts>
    </InterfaceSummary>
    <RTLDesignHierarchy><TopModule><ModuleName>top</ModuleName><InstancesList>
        <Instance><InstName>grp_a</InstName><ModuleName>a</ModuleName></Instance>
    </InstancesList></TopModule></RTLDesignHierarchy>
    <ModuleInformation><Module><Name>a</Name>
        <PerformanceEstimates>
            <SummaryOfTimingAnalysis><EstimatedClockPeriod>2.725</EstimatedClockPeriod></SummaryOfTimingAnalysis>
            <SummaryOfOverallLatency><Best-caseLatency>0</Best-caseLatency><Worst-caseLatency>2</Worst-caseLatency>
                <PipelineInitiationInterval>1</PipelineInitiationInterval><PipelineType>yes</PipelineType>
            </SummaryOfOverallLatency>
        </PerformanceEstimates>
        <AreaEstimates><Resources><DSP>3</DSP><AVAIL_DSP>12288</AVAIL_DSP><UTIL_DSP>~0</UTIL_DSP>
            <BRAM_18K>2</BRAM_18K><AVAIL_BRAM>5376</AVAIL_BRAM></Resources></AreaEstimates>
    </Module></ModuleInformation>
</profile>
"""


def xml(version: str = "2023.1", dsp: str = "<DSP>33</DSP>") -> str:
    return XML.replace("{version}", version).replace("{dsp}", dsp)


def test_xml_of_vitis_hls() -> None:
    found = parse_hls_xml(xml())
    assert (found.tool, found.version, found.top, found.part, found.flow_target) == (
        *("Vitis HLS", "2023.1", "top", "xcu250-figd2104-2L-e", "vivado"),
    )
    assert (found.clock_target_ns, found.clock_uncertainty_ns, found.clock_estimated_ns) == (5.0, 0.62, 3.803)
    assert (found.latency_cycles, found.latency_average_cycles, found.interval_cycles) == (
        Range(4, None),
        None,
        Range(1, None),
    )
    assert found.resources == {
        "dsp": HlsResource(33, None),
        "ff": HlsResource(390, 3456000),
        "lut": HlsResource(1783, None),
        "bram_18k": HlsResource(0, 5376),
        "uram": HlsResource(None, 1280),
    }
    (outer,) = found.loops
    assert (outer.name, outer.trip_count, outer.latency_cycles, outer.pipelined) == (
        "OUTER",
        Range(2, 9),
        UNKNOWN,
        False,
    )
    (inner,) = outer.loops
    assert (inner.ii_achieved, inner.depth_cycles, inner.latency_cycles, inner.pipelined) == (1, 3, Range(17, 17), True)
    assert [(entry.instance, entry.module) for entry in found.instances] == [("grp_a", "a")]
    (module,) = found.modules
    assert (module.name, module.latency_cycles, module.interval_cycles, module.clock_estimated_ns) == (
        *("a", Range(0, 2), Range(1, 1), 2.725),
    )
    assert module.resources == {"dsp": HlsResource(3, 12288), "bram_18k": HlsResource(2, 5376)}


@pytest.mark.parametrize(
    ("version", "dsp", "tool"),
    [
        *[("2018.2", "<DSP48E>1</DSP48E>", "Vivado HLS"), ("2020.1", "<DSP48E>1</DSP48E>", "Vivado HLS")],
        *[("2020.1", "<DSP>1</DSP>", None), ("2020.2", "<DSP>1</DSP>", "Vitis HLS"), ("", "", None)],
    ],
)
def test_the_tool_that_xml_does_not_name(version: str, dsp: str, tool: str | None) -> None:
    assert parse_hls_xml(xml(version, dsp)).tool == tool


@pytest.mark.parametrize("text", ["", "<profile>", "<profile/>", "<other/>", xml()[:-20], xml()[:900], VIVADO_HLS])
def test_other_files_are_no_xml_report(text: str) -> None:
    with pytest.raises(FormatError, match="not a synthesis report of HLS"):
        parse_hls_xml(text)


def test_xml_that_declares_entities_or_never_ends_is_refused() -> None:
    with pytest.raises(FormatError, match="document type"):
        parse_hls_xml('<!DOCTYPE p [<!ENTITY a "b">]>' + xml())
    deep = "<L><TripCount>1</TripCount>" * 80 + "</L>" * 80
    with pytest.raises(FormatError, match="deeper than 50"):
        parse_hls_xml(xml().replace("<SummaryOfLoopLatency>", f"<SummaryOfLoopLatency>{deep}"))
