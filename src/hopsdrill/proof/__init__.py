"""What is true of the data: fingerprints, comparison, loss accounting, objectives; one package per store."""
