"""E-mail by SMTP, over a few connections that are kept open."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate

import aiosmtplib

from wedsync.delivery.outcomes import Delivery, Failed
from wedsync.settings import Settings

SECONDS = 20.0
"""For each command; a server may take its time to accept a message."""


class EmailAdapter:
    """Sends plain text. The Message-ID is that of the delivery, so that a repeat can be noticed."""

    most = 5

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, delivery: Delivery) -> None:
        """Refused if the server refuses the recipient or the message for good."""
        sender = self._settings.smtp_from or ""
        try:
            smtp = await self._connection()
        except (aiosmtplib.SMTPException, OSError) as exc:
            raise Failed(f"no connection to the mail server ({type(exc).__name__})") from exc
        try:
            await smtp.send_message(_message(delivery, sender))
        except aiosmtplib.SMTPRecipientsRefused as exc:
            self._idle.append(smtp)
            final = all(500 <= each.code < 600 for each in exc.recipients)
            raise Failed("the mail server refuses the recipient", "refused" if final else "failed") from exc
        except aiosmtplib.SMTPDataError as exc:
            smtp.close()
            raise Failed(f"the mail server answered {exc.code}", "refused" if exc.code >= 500 else "failed") from exc
        except (aiosmtplib.SMTPException, OSError) as exc:
            smtp.close()
            raise Failed(f"the mail server failed ({type(exc).__name__})") from exc
        except ValueError as exc:
            self._idle.append(smtp)
            raise Failed("the address is not valid", "refused") from exc
        except BaseException:
            smtp.close()
            raise
        self._idle.append(smtp)

    async def _connection(self) -> aiosmtplib.SMTP:
        while self._idle:
            smtp = self._idle.pop()
            if smtp.is_connected:
                return smtp
        given = self._settings
        smtp = aiosmtplib.SMTP(
            hostname=given.smtp_host, port=given.smtp_port, username=given.smtp_user, password=given.smtp_password,
            use_tls=given.smtp_security == "tls", start_tls=given.smtp_security == "starttls", timeout=SECONDS,
        )  # fmt: skip
        await smtp.connect()
        return smtp

    async def close(self) -> None:
        """Close idle connections."""
        for smtp in self._idle:
            smtp.close()
        self._idle.clear()


def _message(delivery: Delivery, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, delivery.target["to"], delivery.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{delivery.id}@{sender.rpartition('@')[2].strip('> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.body)
    return message
