"""Providers that take mail by an HTTP API: one file each, with the address of its documentation."""
