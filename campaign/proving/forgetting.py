"""For somebody who has lost their phone and their recovery codes: all their proofs are forgotten but their mailbox."""

from campaign.domain.actor import Actor
from campaign.proving.changing import changed
from campaign.runtime import Runtime
from campaign.store import credentials, passkeys


def forget_proofs(runtime: Runtime, campaigner_id: int, actor: Actor) -> None:
    """Take somebody's passkeys, password, app and recovery codes away, and sign them out everywhere.

    For the operator, who must know by other means that it is they who ask: afterwards their mailbox alone opens the desk.
    """
    with runtime.transaction() as connection:
        passkeys.forget(connection, campaigner_id)
        credentials.set_password(connection, campaigner_id, "")
        credentials.end_totp(connection, campaigner_id)
        credentials.set_recovery_codes(connection, campaigner_id, ())
        changed(runtime, connection, campaigner_id, actor, "forget proofs", subject=str(campaigner_id))
