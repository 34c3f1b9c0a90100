"""For somebody who has lost their phone and their recovery codes: all their proofs are forgotten but their mailbox."""

from campaign.domain.accounts.actor import Actor
from campaign.runtime import Runtime
from campaign.services.accounts.auth.credential_changes import record_credential_change
from campaign.store.accounts import campaigners, credentials, passkeys


def reset_credentials(runtime: Runtime, email_key: str, actor: Actor) -> bool:
    """Take somebody's passkeys, password, app and recovery codes away, and sign them out everywhere. False: there is nobody.

    For the operator, who must know by other means that it is they who ask: afterwards their mailbox alone opens the desk.
    Raises RedisUnavailableError, with nothing changed, where they cannot be signed out.
    """
    with runtime.transaction() as connection:
        campaigner = campaigners.get_by_email_key(connection, email_key)
        if campaigner is None:
            return False
        campaigner_id = campaigner.id
        passkeys.remove_all_passkeys(connection, campaigner_id)
        credentials.set_password_hash(connection, campaigner_id, "")
        credentials.disable_totp(connection, campaigner_id)
        credentials.set_recovery_codes(connection, campaigner_id, ())
        record_credential_change(runtime, connection, campaigner_id, actor, "forget proofs", subject=str(campaigner_id))
    return True
