"""What the audit trail says was done, in words: "Ida Rhodes closed the campaign early", and why."""

from campaign.domain.common.reason import read_reason

MAX_AUDIT_REASON_LENGTH = 300
"""Characters."""

AUDIT_TEXTS = {
    "accept invitation": "accepted an invitation",
    "add campaigner": "added a campaigner",
    "add language": "added a language",
    "add passkey": "added a passkey",
    "add to team": "added somebody to the team",
    "ask for export": "asked for an export of signatures",
    "bring back flag": "brought a dismissed flag back",
    "cancel batch": "stopped an invalidation of many signatures",
    "cancel export": "stopped an export of signatures",
    "change address": "gave the campaign another address",
    "change mails": "changed which emails they get",
    "change name": "changed their name",
    "change password": "changed their password",
    "change picture": "changed the picture",
    "change role": "changed somebody’s role",
    "change team rules": "changed what is asked of the team",
    "close campaign": "closed the campaign early",
    "copy campaign": "began the campaign as a copy of another",
    "create campaign": "began the campaign",
    "delete export": "deleted an export of signatures",
    "delete filters": "deleted saved filters",
    "disable campaigner": "shut a campaigner out",
    "dismiss flag": "dismissed a flag",
    "download export": "downloaded an export of signatures",
    "edit settings": "changed the settings",
    "edit text": "changed the text",
    "enable campaigner": "let a campaigner in again",
    "end session": "signed a browser of theirs out",
    "erase signature": "erased all that is personal in a signature",
    "expire export": "deleted an export of signatures: its time was over, or who asked for it may not have it any more",
    "export audit": "exported the audit trail",
    "export signatures": "wrote an export of signatures to a file",
    "extend campaign": "extended the deadline",
    "finish batch": "finished an invalidation of many signatures",
    "finish undoing batch": "finished undoing an invalidation of many signatures",
    "forget proofs": "took away a campaigner’s password, passkeys and codes",
    "finish undoing intake": "finished taking back signatures on paper",
    "hide comment": "hid a comment",
    "invalidate signature": "invalidated a signature",
    "invalidate signatures": "began to invalidate many signatures",
    "invite campaigner": "invited somebody",
    "leave team": "left the team",
    "make certificates": "made certificates for representatives",
    "make operator": "made somebody an operator",
    "make recovery codes": "made new recovery codes",
    "pause campaign": "paused signing",
    "prepare submission": "decided how the campaign is handed in",
    "print link": "printed a link to sign in with",
    "print sheets": "printed signature sheets",
    "publish campaign": "published the campaign",
    "put back campaign": "put the campaign back",
    "reconcile": "proved the counts again",
    "refuse copied passkey": "tried to use a passkey that seems to be a copy; it was refused",
    "remove campaigner": "took somebody out of the team",
    "remove code app": "removed a code app",
    "remove language": "removed a language",
    "remove operator": "made somebody no longer an operator",
    "remove passkey": "removed a passkey",
    "remove password": "removed a password",
    "remove picture": "removed the picture",
    "rename passkey": "renamed a passkey",
    "renew preview link": "made a new preview link",
    "reschedule campaign": "changed when the campaign opens",
    "replace representatives": "replaced the list of representatives",
    "restart export": "had an export of signatures made again",
    "restore signature": "restored a signature",
    "resume campaign": "resumed signing",
    "revoke invitation": "took an invitation back",
    "save filters": "saved filters",
    "search signatures": "searched the signatures",
    "set password": "set a password",
    "set up code app": "set up a code app",
    "show comment": "showed a hidden comment again",
    "sign in": "signed in",
    "sign out": "signed out",
    "take down campaign": "took the campaign down",
    "take in paper": "took in signatures on paper",
    "throw switch": "threw a switch",
    "type in paper": "typed in a signature on paper",
    "undo batch": "began to undo an invalidation of many signatures",
    "undo intake": "began to take back signatures on paper",
    "undo line": "took back a signature on paper",
    "use recovery code": "used a recovery code",
    "write submission": "wrote the papers of a submission to a folder",
}
"""What somebody did, by the act as it is recorded."""


def audit_text(action: str) -> str:
    """What somebody did; the act as it is where there are no words for it."""
    return AUDIT_TEXTS.get(action, action)


def read_audit_reason(text: str) -> str:
    """Reason of an action for the audit trail, on one line. Raises InvalidInputError."""
    return read_reason(text, MAX_AUDIT_REASON_LENGTH, missing="Say why: it stands in the audit trail.")
