"""Budget of a campaign page, in octets as they go over the wire."""

FIRST_VISIT_MAX_BYTES = 60 * 1024
FIRST_VISIT_MAX_REQUESTS = 6
HTML_MAX_BYTES = 12 * 1024
SCRIPT_MAX_BYTES = 12 * 1024
