"""Papers that are handed over, read back."""
