"""The command line. Takes words and a spec; gives text, progress and an exit code; computes no result itself."""
