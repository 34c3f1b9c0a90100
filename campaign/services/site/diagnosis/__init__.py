"""Diagnosis of an installation: each check does what must be possible, bounded in time, and says what to do."""

from campaign.services.site.diagnosis.run import CHECK_SECONDS, diagnose

__all__ = ["CHECK_SECONDS", "diagnose"]
