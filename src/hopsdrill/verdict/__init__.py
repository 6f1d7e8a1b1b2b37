"""verdict layer."""
