"""Bounces as real servers write them; `REF` stands where the Message-ID's local part was, and the addresses are examples."""

_ORIGINAL = """Return-Path: <no-reply@example.org>
From: Our Campaign <no-reply@example.org>
To: ada@example.net
Subject: Confirm your signature
Message-ID: <REF@example.org>
"""

POSTFIX = f"""Return-Path: <>
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: no-reply@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

<ada@example.net>: host mail.example.net[192.0.2.1] said: 550 5.1.1 <ada@example.net>: Recipient address rejected: User unknown

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
X-Postfix-Queue-ID: 4F1E82A0

Final-Recipient: rfc822; ada@example.net
Action: failed
Status: STATUS
Remote-MTA: dns; mail.example.net
Diagnostic-Code: smtp; DIAGNOSTIC

--B
Content-Type: text/rfc822-headers

{_ORIGINAL}
--B--
"""

EXCHANGE_ONLINE = f"""Return-Path: <>
From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.net>
To: <no-reply@example.org>
Subject: Undeliverable: Confirm your signature
In-Reply-To: <REF@example.org>
References: <REF@example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

RGVsaXZlcnkgaGFzIGZhaWxlZCB0byB0aGVzZSByZWNpcGllbnRzIG9yIGdyb3Vwczo=

--B
Content-Type: message/delivery-status

Reporting-MTA: dns;AM0PR01MB0001.eurprd01.prod.exchangelabs.com
Received-From-MTA: dns;mail.example.org

Final-Recipient: rfc822;ada@example.net
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@example.net not found by SMTP address lookup

--B
Content-Type: message/rfc822

{_ORIGINAL}
Hello
--B--
"""

EXCHANGE_2003 = """Return-Path: <>
From: System Administrator <postmaster@example.net>
To: no-reply@example.org
Subject: Undeliverable: Confirm your signature
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="B"

--B
Content-Type: text/plain; charset="iso-8859-1"

Your message

  To:      ada@example.net
  Subject: Confirm your signature
  Sent:    Mon, 23 Nov 2026 15:00:00 -0000

did not reach the following recipient(s):

ada@example.net on Mon, 23 Nov 2026 15:00:01 -0000
    The e-mail account does not exist at the organization this message was
sent to.  Check the e-mail address, or contact the recipient directly to
find out the correct address.
    <mail.example.net #5.1.1>

--B
Content-Type: message/rfc822

Message-ID: <REF@example.org>
From: no-reply@example.org

Hello
--B--
"""

QMAIL = """Return-Path: <>
From: MAILER-DAEMON@example.net
To: no-reply@example.org
Subject: failure notice

Hi. This is the qmail-send program at example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.net>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <no-reply@example.org>
Received: (qmail 12345 invoked by uid 89); 23 Nov 2026 15:00:00 -0000
Message-ID: <REF@example.org>
Subject: Confirm your signature

Hello, no such user 5.7.1
"""

QMAIL_VPOPMAIL = QMAIL.replace("no mailbox here by that name. (#5.1.1)", "no mailbox here by that name. vpopmail (#5.1.1)")
QMAIL_QUOTA = QMAIL.replace("Sorry, no mailbox here by that name. (#5.1.1)", "user is over quota. (#5.2.2)")
QMAIL_OLD = QMAIL.replace(" (#5.1.1)", "")

EXIM = """Return-path: <>
X-Failed-Recipients: ada@example.net
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mail.example.org>
To: no-reply@example.org
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.net
    SMTP error from remote mail server after RCPT TO:<ada@example.net>:
    host mail.example.net [192.0.2.1]: 550 No such user here

------ This is a copy of the message, including all the headers. ------

Message-ID: <REF@example.org>
Subject: Confirm your signature
"""

GMAIL_DELAY = POSTFIX.replace("Action: failed", "Action: delayed").replace("STATUS", "4.4.1")
POSTFIX_WARNING = """From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
To: no-reply@example.org
Subject: Delayed Mail (still being retried)

THIS IS A WARNING MESSAGE ONLY. Your message could not be delivered for 4 hours. It will be retried: we will keep trying.

Message-ID: <REF@example.org>
"""
HOLIDAY = """From: Ada <ada@example.net>
To: no-reply@example.org
Subject: Out of office: Confirm your signature
Auto-Submitted: auto-replied
In-Reply-To: <REF@example.org>

I am away. If this is a permanent error, my account does not exist (#5.1.1).
"""
LETTER = """From: Eve <eve@example.net>
To: no-reply@example.org
Subject: Undeliverable?

Delivery has failed: 5.1.1 <REF@example.org>
"""
COMPLAINT = f"""From: feedback@example.net
To: fbl@example.org
Subject: complaint about message from 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B"

--B
Content-Type: text/plain

This is an email abuse report.
--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
--B
Content-Type: message/rfc822

{_ORIGINAL}
--B--
"""


def _postfix(status: str, diagnostic: str) -> str:
    return POSTFIX.replace("STATUS", status).replace("DIAGNOSTIC", diagnostic)


SAMPLES: dict[str, tuple[str, str, str]] = {
    "postfix": (_postfix("5.1.1", "550 5.1.1 <ada@example.net>: Recipient address rejected"), "hard", "5.1.1"),
    "postfix, policy": (_postfix("5.7.1", "554 5.7.1 Service unavailable; client host blocked"), "soft", "5.7.1"),
    "outlook, unaligned": (_postfix("5.7.515", "550 5.7.515 Access denied, sending domain does not meet"), "soft", "5.7.515"),
    "postfix, given up": (_postfix("4.4.1", "connect to mail.example.net: Connection timed out"), "soft", "4.4.1"),
    "full": (_postfix("5.2.2", "552 5.2.2 mailbox full"), "soft", "5.2.2"),
    "5.0.0 with a code beside it": (_postfix("5.0.0", "550 #5.1.1 no"), "hard", "5.1.1"),
    "5.0.0 with words beside it": (_postfix("5.0.0", "550 no such user"), "hard", "5.1.1"),
    "5.0.0 alone": (_postfix("5.0.0", "554 rejected"), "soft", "5.0.0"),
    "exchange online": (EXCHANGE_ONLINE, "hard", "5.1.10"),
    "exchange 2003": (EXCHANGE_2003, "hard", "5.1.1"),
    "qmail": (QMAIL, "hard", "5.1.1"),
    "qmail with vpopmail": (QMAIL_VPOPMAIL, "hard", "5.1.1"),
    "qmail, quota": (QMAIL_QUOTA, "soft", "5.2.2"),
    "qmail without codes": (QMAIL_OLD, "hard", "5.1.1"),
    "exim": (EXIM, "hard", "5.1.1"),
    "feedback report": (COMPLAINT, "complaint", ""),
}
"""What each comes to."""
NO_BOUNCES = {"delay": GMAIL_DELAY, "warning": POSTFIX_WARNING, "holiday": HOLIDAY, "letter": LETTER}
