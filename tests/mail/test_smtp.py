"""How we meet the server: encrypted when the settings say so, never in the clear instead, logged in when there is an
account."""

from __future__ import annotations

import ssl
import subprocess

import pytest
from aiosmtpd.smtp import AuthResult

import settings as spilka
from mail import outbox
from models import Sending, utcnow
from tests.mail.conftest import Server

PASSWORD = "a-provider's-word"


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate of 127.0.0.1 which this process trusts."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", key, "-out", cert, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True)  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


@pytest.fixture
def secured(request, post, certificate):
    """A server that wants encryption and a log-in."""

    def is_member(server, session, envelope, mechanism, data):
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    options = {"authenticator": is_member, "auth_required": True, "auth_require_tls": request.param == "starttls"}
    tls = {"ssl_context": certificate} if request.param == "tls" else {"tls_context": certificate}
    server = Server(post, **options, **tls)
    server.start()
    yield request.param, server.port
    server.stop()


def sent(settings) -> Sending:
    outbox.queue("digest", "digest:1", "olena@tea.example", "Чай", "Лист", settings)
    outbox.send_due(utcnow(), settings)
    return Sending.get()


@pytest.mark.parametrize("secured", ["starttls", "tls"], indirect=True)
def test_encrypted_and_logged_in(settings, change, post, secured):
    security, port = secured
    own = change(settings, smtp_security=security, smtp_port=port, smtp_user="spilka", smtp_password=PASSWORD)
    assert sent(own).result == "accepted" and len(post.mails) == 1


@pytest.mark.parametrize("secured", ["starttls"], indirect=True)
def test_a_wrong_password_makes_mails_wait_because_a_person_can_mend_it(settings, change, secured):
    own = change(settings, smtp_security="starttls", smtp_port=secured[1], smtp_user="spilka", smtp_password="no")
    assert (sent(own).result, Sending.get().reason) == ("later", "log_in")


@pytest.mark.parametrize("secured", ["starttls"], indirect=True)
def test_a_certificate_that_is_not_trusted_gets_no_mail(settings, change, post, secured, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    own = change(settings, smtp_security="starttls", smtp_port=secured[1], smtp_user="spilka", smtp_password=PASSWORD)
    assert (sent(own).result, Sending.get().reason) == ("later", "tls") and not post.mails


def test_a_server_without_encryption_gets_no_mail_when_it_is_wanted(settings, change, post):
    assert sent(change(settings, smtp_security="starttls")).reason == "tls" and not post.mails


def test_wrong_mail_settings_are_told_at_the_start():
    values = {"SPILKA_SECRET_KEY": "s" * 32, "SPILKA_AMI_SECRET": "a" * 16, "SPILKA_SMTP_HOST": "mail.example"}
    with pytest.raises(spilka.SettingsError, match="SMTP_SENDER is needed"):
        spilka.load(values)
    with pytest.raises(spilka.SettingsError, match="SMTP_SECURITY"):
        spilka.load(values | {"SPILKA_SMTP_SENDER": "a@b.ua", "SPILKA_SMTP_SECURITY": "ssl"})
