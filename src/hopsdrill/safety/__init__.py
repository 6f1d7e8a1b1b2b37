"""What stands between a drill and harm: interlocks, one run at a time, and the ledger by which everything made is removed."""
