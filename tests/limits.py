"""What a campaign page may weigh, in octets as they go over the wire."""

FIRST_VISIT = 60_000
FIRST_VISIT_REQUESTS = 6
HTML = 12 * 1024
SCRIPT = 12 * 1024
