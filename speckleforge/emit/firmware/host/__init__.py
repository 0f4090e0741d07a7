"""Files for the host, shipped as they are; nothing here is imported by a stage."""
