"""Mail: what comes back of it."""
