"""speckleforge: from one reviewed YAML spec to a trained model, hardware and a report."""
