"""What leaves the house: one file a format. The same data gives byte-identical files."""
