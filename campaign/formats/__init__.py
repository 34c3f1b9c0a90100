"""File formats: CSV, XLSX, JSON and ZIP, written and read, a file for each. The same data gives byte-identical files."""
