"""Expected failures of commands, each in a line that says what to do. Read only when one has happened: it imports a lot."""

from campaign.config import InvalidSettingsError
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.bounded_process import ProcessFailedError
from campaign.runtime import RedisUnavailableError
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.database.failure_reason import failure_reason
from campaign.store.database.schema_version import WrongSchemaError


def failure_line(error: BaseException) -> str | None:
    """The line for an expected failure; None for a mistake of ours."""
    match error:
        case InvalidSettingsError() | InvalidInputError():
            return str(error)
        case WrongSchemaError():
            return f"DATABASE_URL: {error}"
        case StoreUnavailableError():
            reason = failure_reason(error)
            return f"DATABASE_URL: the database {reason.message}; {reason.advice}"
        case RedisUnavailableError():
            return "REDIS_URL: Redis does not answer; see `countersign doctor`"
        case ProcessFailedError():
            return f"the process that draws was ended ({error}): this machine has too little memory or time for it; try again"
        case _:
            return None
