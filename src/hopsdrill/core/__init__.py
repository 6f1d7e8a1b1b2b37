"""What every layer stands on: errors, time, waiting, processes, redaction, paths."""
