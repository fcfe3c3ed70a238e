"""Mail: one short message to one person, through the mail server of the settings."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from core.calling.undelivered import Undelivered
from core.settings import MailServer

SECONDS = 10.0
WRAPPED_PORT = 465
"""On this port the conversation is secret from its first word."""
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})


def send(server: MailServer, to: str, subject: str, text: str) -> str:
    """Send it; returns what came of it.

    Raises:
        Undelivered: the server could not be reached or did not take it; the sentence repeats nothing it said.
    """
    try:
        message = _message(server, to, subject, text)
        line = _connected(server)
        try:
            if server.user:
                line.login(server.user, server.password)
            line.send_message(message)
        finally:
            _part(line)
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered("The mail server did not accept the user and the password.") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise Undelivered("The mail server does not take mail to this address.") from error
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"The mail server answered {error.smtp_code}.") from error
    except ssl.SSLCertVerificationError as error:
        raise Undelivered("The mail server's certificate is not one that this machine trusts.") from error
    except (OSError, ValueError) as error:
        raise Undelivered("The mail server could not be reached, or broke off.") from error
    return "Taken by the mail server."


def _message(server: MailServer, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2].strip("> ") or None)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _connected(server: MailServer) -> smtplib.SMTP:
    """A conversation, secret where the server can; no password leaves this machine in the open."""
    if server.port == WRAPPED_PORT:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    line = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    line.ehlo()
    if line.has_extn("starttls"):
        line.starttls(context=ssl.create_default_context())
    elif server.user and server.host not in THIS_MACHINE:
        line.close()
        raise Undelivered("The mail server offers no encryption, so the password was not sent.")
    return line


def _part(line: smtplib.SMTP) -> None:
    """Say goodbye; however the server takes that, what it took before it has taken."""
    with suppress(OSError):
        line.quit()
    line.close()
