"""What stages exchange and how a stage runs: context, child process, typed artifact names."""
