"""The history of the schema; one head."""
