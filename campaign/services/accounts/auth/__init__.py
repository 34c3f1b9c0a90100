"""Authentication of campaigners, beside the links mailed to them: by passkey, password, code of an app, recovery code."""
