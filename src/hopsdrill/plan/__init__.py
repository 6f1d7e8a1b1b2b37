"""Plans and profiles: loading, and what steps declare."""
