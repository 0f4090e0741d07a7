"""Formats of files with frames. Takes a format; gives where its frames lie unless the spec says so."""

from __future__ import annotations

FORMATS: dict[str, str] = {
    "hdf5": "photons",  # as skopi writes it
    "cxi": "entry_1/data_1/data",  # as the CXI format has it, version 1.6
    "npy": "photons",  # the member of an .npz; an .npy has no names
}
