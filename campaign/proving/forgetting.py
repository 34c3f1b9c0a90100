"""For somebody who has lost their phone and their recovery codes: all their proofs are forgotten but their mailbox."""

from campaign.domain.actor import Actor
from campaign.proving.changing import changed
from campaign.runtime import Runtime
from campaign.store import credentials, passkeys, people


def forget_proofs(runtime: Runtime, email_key: str, actor: Actor) -> bool:
    """Take somebody's passkeys, password, app and recovery codes away, and sign them out everywhere. False: there is nobody.

    For the operator, who must know by other means that it is they who ask: afterwards their mailbox alone opens the desk.
    Raises RedisUnavailable, with nothing changed, where they cannot be signed out.
    """
    with runtime.transaction() as connection:
        campaigner = people.by_email_key(connection, email_key)
        if campaigner is None:
            return False
        campaigner_id = campaigner.id
        passkeys.forget(connection, campaigner_id)
        credentials.set_password(connection, campaigner_id, "")
        credentials.end_totp(connection, campaigner_id)
        credentials.set_recovery_codes(connection, campaigner_id, ())
        changed(runtime, connection, campaigner_id, actor, "forget proofs", subject=str(campaigner_id))
    return True
