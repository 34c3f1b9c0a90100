"""Recovery codes: the way in for a campaigner whose phone is lost, made with the first second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from campaign.domain.accounts.second_factor import RECOVERY_CODE_BYTES, RECOVERY_CODE_COUNT, format_recovery_code

if TYPE_CHECKING:
    from campaign.runtime import Runtime


def generate_recovery_codes(runtime: Runtime) -> list[str]:
    """New recovery codes, as they are written down."""
    return [format_recovery_code(runtime.random_bytes(RECOVERY_CODE_BYTES)) for _ in range(RECOVERY_CODE_COUNT)]
