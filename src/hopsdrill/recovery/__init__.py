"""The platform's own operations, performed as its operators would: install, back up, restore in place."""
