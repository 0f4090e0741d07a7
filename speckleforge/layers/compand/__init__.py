"""Input companding: photon counts to the few bits that a network needs, by thresholds."""
