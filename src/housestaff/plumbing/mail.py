"""Mail: one message to one address, and what the server said of it."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from housestaff.plumbing import metrics
from housestaff.plumbing.settings import Settings


class Refused(Exception):
    """The server refuses this message for good."""


class NotNow(Exception):
    """The server cannot be reached, or asks to come again."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it leaves: the same `message_id` at every attempt, so that a second copy is recognized."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    correlation_id: str
    made: datetime


class MailServer:
    """The mail server of the settings."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is connected until something is sent."""
        self._settings = settings

    @property
    def is_on(self) -> bool:
        """Whether mail is configured at all."""
        return bool(self._settings.smtp_host)

    def send(self, mail: Mail) -> None:
        """Hand a message over; returns only after the server has accepted it.

        Raises `Refused` for a permanent no and `NotNow` for everything that may go better later.
        """
        try:
            with self._connected() as server:
                server.send_message(self._message(mail))
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._no(code, said) from error
        except (smtplib.SMTPResponseException, smtplib.SMTPSenderRefused) as error:
            raise self._no(error.smtp_code, error.smtp_error) from error
        except TimeoutError as error:
            metrics.count("mail_attempts_total", result="timeout")
            raise NotNow("the mail server does not answer") from error
        except (OSError, smtplib.SMTPException) as error:
            metrics.count("mail_attempts_total", result="temporary")
            raise NotNow("the mail server cannot be reached") from error
        metrics.count("mail_attempts_total", result="accepted")

    @staticmethod
    def _no(code: int, said: bytes | str) -> Refused | NotNow:
        permanent = 500 <= code < 600
        metrics.count("mail_attempts_total", result="permanent" if permanent else "temporary")
        del said
        return Refused(f"the mail server said {code}") if permanent else NotNow(f"the mail server said {code}")

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.smtp_tls == "tls":
            context = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.smtp_host, settings.smtp_port, timeout=settings.smtp_connect_seconds, context=context
            )
        else:
            server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=settings.smtp_connect_seconds)
        if server.sock is not None:
            server.sock.settimeout(settings.smtp_command_seconds)
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        return server

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["Message-ID"] = mail.message_id
        message["From"] = self._settings.smtp_from
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = " ".join(mail.subject.split())
        message["Date"] = format_datetime(mail.made)
        message["X-Correlation-Id"] = mail.correlation_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        return message
