"""SMTP session: smtplib's, with a deadline for each reply as RFC 5321, 4.5.3.2 asks, however slowly the server sends it."""

import contextlib
import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

CONNECT_SECONDS = 300.0
"""To connect, and again for the server's greeting (RFC 5321, 4.5.3.2.1)."""
COMMAND_SECONDS = 300.0
"""For the reply to EHLO, STARTTLS, AUTH, MAIL, RCPT, RSET (4.5.3.2.2 and 4.5.3.2.3)."""
DATA_SECONDS = 120.0
"""For the reply to DATA (4.5.3.2.4)."""
BLOCK_SECONDS = 180.0
"""For the server to take one block of the mail (4.5.3.2.5)."""
FINAL_DOT_SECONDS = 600.0
"""For the reply to the end of the mail (4.5.3.2.6). A server may have taken a mail and say so only after minutes."""
QUIT_SECONDS = 2.0
"""For the reply to QUIT. Nothing hangs on it."""
CHECK_SECONDS = 12.0
"""For each answer where only a look is taken at whether the server is there."""
BLOCK_BYTES = 65_536
START_MAIL_INPUT_CODE = 354
SERVICE_CLOSING_CODE = 421
_MAX_REPLY_BYTES = 65_536
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpTimeouts:
    """Seconds to wait in each phase of a conversation."""

    connect: float = CONNECT_SECONDS
    command: float = COMMAND_SECONDS
    data: float = DATA_SECONDS
    block: float = BLOCK_SECONDS
    final_dot: float = FINAL_DOT_SECONDS
    quit: float = QUIT_SECONDS


LONGEST_CONVERSATION_SECONDS = 2 * CONNECT_SECONDS + 8 * COMMAND_SECONDS + DATA_SECONDS + BLOCK_SECONDS + FINAL_DOT_SECONDS
"""From connecting to the last answer about one mail: greeting, EHLO twice, STARTTLS, AUTH in up to three steps, MAIL, RCPT."""


class SmtpSession(smtplib.SMTP):
    """A connection that is greeted, and signed in where there is a password.

    Raises OSError, ssl.SSLError or smtplib.SMTPException, in making it and in every call.
    """

    def __init__(self, host: str, port: int, timeouts: SmtpTimeouts) -> None:
        self._timeouts = timeouts
        self._unread = b""
        self.reply_seconds = timeouts.connect
        try:
            super().__init__(host, port, timeout=timeouts.connect)
        except BaseException:
            self.close()
            raise
        self.reply_seconds = timeouts.command

    def getreply(self) -> tuple[int, bytes]:
        """Code and text of the next reply. Raises TimeoutError where it is not there, whole, within `reply_seconds`."""
        deadline = time.monotonic() + self.reply_seconds
        lines = []
        while True:
            line = self._read_line(deadline)
            lines.append(line[4:].strip(b" \t\r\n"))
            if line[3:4] != b"-":
                break
        code = int(line[:3]) if line[:3].isdigit() else -1
        return code, b"\n".join(lines)

    def send_envelope(self, sender: str, recipient: str, parameters: str) -> tuple[str, int, bytes]:
        """MAIL, RCPT and DATA, in one go where the server takes that (PIPELINING, RFC 2920).

        Returns the verb of the first that was refused, and the reply to it; else DATA and its reply. `parameters` are those of
        MAIL, with a space before each.
        """
        commands = {"MAIL": f"MAIL FROM:<{sender}>{parameters}", "RCPT": f"RCPT TO:<{recipient}>", "DATA": "DATA"}
        if any("\r" in command or "\n" in command for command in commands.values()):
            raise ValueError("an address of the envelope has more than one line")
        verbs, together = list(commands), self.has_extn("pipelining")
        self.reply_seconds = self._timeouts.command
        if together:
            self.send("".join(f"{command}\r\n" for command in commands.values()).encode())
        for place, verb in enumerate(verbs):
            if verb == "DATA":
                self.reply_seconds = self._timeouts.data
            if not together:
                self.send(f"{commands[verb]}\r\n".encode())
            code, reply = self.getreply()
            if not (code == START_MAIL_INPUT_CODE if verb == "DATA" else 200 <= code < 300):
                if together and code != SERVICE_CLOSING_CODE:
                    self._read_replies(len(verbs) - place - 1)
                break
        return verb, code, reply

    def _read_replies(self, count: int) -> None:
        """Read the replies to commands that are of no use any more. A server that waits for the mail all the same gets none."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if any(self.getreply()[0] == START_MAIL_INPUT_CODE for _ in range(count)):
                self.close()

    def send(self, s: Any) -> None:
        """Send a command."""
        if self.sock is not None:
            self.sock.settimeout(self.reply_seconds)
        super().send(s)

    def start_encryption(self, context: SSLContext) -> None:
        """STARTTLS: all that follows is encrypted. Raises what `starttls` raises."""
        self.starttls(context=context)
        # Nothing that came before the encryption may pass for an answer after it.
        self._unread = b""

    def send_mail_data(self, raw: bytes) -> None:
        """Send the mail after DATA, dots doubled and the final dot added. Where it raises, the final dot has not left."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        whole = _LEADING_DOT.sub(b"..", raw)
        whole += b".\r\n" if whole.endswith(b"\r\n") else b"\r\n.\r\n"
        for begin in range(0, len(whole), BLOCK_BYTES):
            self.sock.settimeout(self._timeouts.block)
            self.sock.sendall(whole[begin : begin + BLOCK_BYTES])

    def abort(self) -> None:
        """Break the connection from another thread."""
        if (connection := self.sock) is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _read_line(self, deadline: float) -> bytes:
        while b"\n" not in self._unread:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("the connection is closed")
            self.sock.settimeout(left)
            read = self.sock.recv(4096)
            if not read:
                self.close()
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._unread += read
            if len(self._unread) > _MAX_REPLY_BYTES:
                self.close()
                raise smtplib.SMTPServerDisconnected("the server's answer has no end")
        line, _, self._unread = self._unread.partition(b"\n")
        return line


class SmtpTlsSession(SmtpSession):
    """The same, encrypted from the first octet on."""

    def __init__(self, host: str, port: int, timeouts: SmtpTimeouts, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__(host, port, timeouts)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return self._context.wrap_socket(plain, server_hostname=host)
