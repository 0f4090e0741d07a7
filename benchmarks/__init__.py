"""Performance is measured here, with the peer in the same run, and never asserted in a test."""

import os

# Before numpy is loaded: one thread, as every stage has.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
