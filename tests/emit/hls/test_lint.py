"""The lint finds what an HLS tool would refuse or pass over, and nothing in the sources as they are."""

from __future__ import annotations

import pytest

from speckleforge.emit.hls.cpp import functions, tokens
from speckleforge.emit.hls.files import hls_files
from speckleforge.emit.hls.lint import lint
from speckleforge.errors import DesignError
from speckleforge.layers.hls import sources
from tests.emit.designs import small
from tests.layers.rtl.cases import CHAINS

LOOP = "void f() {\n#pragma HLS inline\n%s\n}\n"

BAD = {
    "new": ("void f() { int* p = new int[4]; }", "'new' in an HLS source"),
    "vector": ("void f() { std::vector<int> v; }", "'std' in an HLS source"),
    "double": ("double f() { return 1; }", "'double' in an HLS source"),
    "pointer to a stream": ("void f(hls::stream<int>* s) {}", "a stream by pointer"),
    "stream by value": ("template <class C> void f(hls::stream<ap_uint<C::W> > s, int n) {}", "a stream by value"),
    "self": ("int f(int n) { return n < 2 ? 1 : f(n - 1); }", "f calls itself"),
    "each other": ("int g(int n);\nint f(int n) { return g(n); }\nint g(int n) { return f(n); }", "f calls itself"),
    "template of itself": ("template <int N> int f() { return f<N - 1>(); }", "f calls itself"),
    "method of itself": ("struct S { int f(int n) { return f(n - 1); } };", "S::f calls itself"),
    "variable bound": (LOOP % "for (int i = 0; i < n; ++i) { a += i; }", "bounds are no constants"),
    "while": (LOOP % "while (more) { more = in.read(); }", "bounds are no constants"),
    "do": (LOOP % "do { more = in.read(); } while (more);", "a do loop"),
    "unknown directive": ("#pragma HLS unrol\nvoid f() {}", "no HLS directive 'unrol'"),
    "unknown option": (
        "void f() {\n int a[3];\n#pragma HLS array_partition variable=a complet\n}",
        "no option 'complet'",
    ),
    "no variable": ("void f() {\n#pragma HLS array_partition complete\n}", "needs 'variable='"),
    "other variable": (
        "void f() {\n int a[3];\n#pragma HLS array_partition variable=b complete\n}",
        "'b', which is not there",
    ),
    "other pragma": ("#pragma once\nvoid f() {}", "not for HLS"),
    "choice in dataflow": (
        'void f(hls::stream<int>& in) {\n#pragma HLS dataflow\n hls::stream<int> s("s");\n if (x) g(in, s);\n h(s);\n}',
        "'if' in a dataflow region",
    ),
    "stream with two readers": (
        "void f(hls::stream<int>& in) {\n#pragma HLS dataflow\n hls::stream<int> s;\n g(in, s);\n h(s);\n k(s);\n}",
        "stream 's' is not between one writer and one reader",
    ),
    "two processes that give values": (
        "void g(hls::stream<A<1, 2> >& s, ap_uint<8>& a) {}\nvoid h(hls::stream<A<1, 2> >& s, ap_uint<8>& b) {}\n"
        "void f(ap_uint<8>& a, ap_uint<8>& b) {\n#pragma HLS dataflow\n hls::stream<int> s;\n g(s, a);\n h(s, b);\n}",
        "'g' gives values to the caller, and 'h' does",
    ),
}

GOOD = {
    "constants": LOOP % "const int N = 4, half = N / 2;\nfor (int i = 0; i < half + C::LANES; ++i) { a += i; }",
    "early end": LOOP % "for (int i = 0; i < C::LANES && more; ++i) { a += i; }",
    "trip count": LOOP % "while (more) {\n#pragma HLS loop_tripcount min=1 max=9\n more = in.read(); }",
    "for the simulation only": "#ifndef __SYNTHESIS__\n#include <vector>\nstd::vector<int> seen;\n#endif\nvoid f() {}",
    "words in comments": "// new double goto\n/* std::vector\n delete */ void f() {}",
    "method of a part": "struct P { void next() {} };\nstruct S { P p; void next() { p.next(); } };",
    "comparison": "int f(int n) { return n < 3 ? g(n) : 0; }",
    "one process that gives values": (
        "void g(const A& c, int n, hls::stream<A<1, 2> >& s) {}\nvoid h(hls::stream<A<1, 2> >& s, ap_uint<8>& b) {}\n"
        "void f(ap_uint<8>& b) {\n#pragma HLS dataflow\n hls::stream<int> s;\n g(c, n, s);\n h(s, b);\n}"
    ),
    "constants by recursion": "constexpr int bits(int n) { return n < 2 ? 1 : 1 + bits(n / 2); }",
}


@pytest.mark.parametrize("case", BAD)
def test_it_finds(case: str) -> None:
    text, message = BAD[case]
    with pytest.raises(DesignError, match=message) as error:
        lint({"x.h": text})
    assert all(problem.where.startswith("x.h:") and problem.next_step for problem in error.value.problems)


@pytest.mark.parametrize("case", GOOD)
def test_it_passes(case: str) -> None:
    lint({"x.h": GOOD[case]})


def test_all_findings_come_at_once_with_their_lines() -> None:
    with pytest.raises(DesignError) as error:
        lint({"a.h": "\nvoid f() { free(p); }\n", "b.h": "void g() {\n\n goto x; }\n"})
    assert [problem.where for problem in error.value.problems] == ["a.h:2", "b.h:3"]


def test_every_layers_kernel_is_clean() -> None:
    lint(sources({kernel.kind for chain in CHAINS for kernel in chain.kernels if kernel.kind != "crossing"}))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("#pragma HLS loop_tripcount min=1 max=1\n", "", "bounds are no constants"),
        ("variable=weight complete", "variable=wieght complete", "'wieght', which is not there"),
        ("hls::stream<Message>& parameters", "hls::stream<Message> parameters", "a stream by value"),
        ("#pragma HLS unroll", "#pragma HLS unrolled", "no HLS directive 'unrolled'"),
    ],
)
def test_a_fault_in_a_real_kernel_is_found(old: str, new: str, message: str) -> None:
    files = sources({"conv2d", "dense"})
    name = next(name for name, text in sorted(files.items()) if old in text)
    with pytest.raises(DesignError, match=message):
        lint({**files, name: files[name].replace(old, new)})


def test_functions_are_found_with_their_structs() -> None:
    struct = "template <class C, int N>\nstruct A {\n int f() const { return 1; }\n};\n"
    text = f'namespace sf {{\n{struct}void g(int x) {{ if (x) {{ h("}}"); }} }}\n}}\n'
    assert [(f.name, f.line) for f in functions(tokens(text))] == [("A::f", 4), ("g", 6)]


def test_a_design_is_linted_when_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("speckleforge.emit.hls.files.lint", seen.extend)
    hls_files(small(2))
    assert "sf_network.cpp" in seen
    assert "sf_conv2d.h" in seen
