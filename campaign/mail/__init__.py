"""Mail: what it says (`message`) and how it leaves (`transport`, and one file for each way)."""
