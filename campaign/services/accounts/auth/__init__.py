"""How campaigners prove who they are, beside the links mailed to them: by passkey, password, code of an app, recovery code."""
