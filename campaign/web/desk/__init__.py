"""The campaigner's desk, `/desk`: one file for each of its rooms, and the gate that everybody comes in by."""
