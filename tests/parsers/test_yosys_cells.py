from __future__ import annotations

from speckleforge.parsers.yosys_cells import parse_instances

TEXT = """
  attribute \\module_not_derived 1
  cell $paramod$1a\\sf_dense \\dense_1
    connect \\clk \\clk
  end
  cell $paramod$1a\\sf_dense \\dense_2
  end
  cell \\sf_core \\u_board.u_core
  end
"""


def test_instances_by_module() -> None:
    assert parse_instances(TEXT) == {"$paramod$1a\\sf_dense": ("dense_1", "dense_2"), "sf_core": ("u_board.u_core",)}
    assert parse_instances("") == {}
