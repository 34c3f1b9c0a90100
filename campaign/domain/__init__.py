"""Values and pure functions: what a signature, an address, a window is. Standard library and email-validator only."""
