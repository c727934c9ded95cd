"""Settings come from three places, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.settings import config_folder, nearest, read


def test_the_shipped_settings_are_complete_and_listen_on_loopback_only() -> None:
    settings = read({})
    assert settings.bind == "127.0.0.1"
    assert (settings.submission_port, settings.mx_port, settings.web_port) == (8587, 8525, 8080)
    assert settings.smarthost == ("127.0.0.1", 25)
    assert settings.home.is_absolute() and settings.home.name == "var"
    assert settings.readers >= 1
    assert settings.tls_cert is None and settings.hostname


def test_the_environment_wins_over_the_home_folder_which_wins_over_the_shipped_file(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text('web_port = 9001\nlog_level = "debug"\n')
    settings = read({"GATEWAY_HOME": str(tmp_path), "GATEWAY_WEB_PORT": "9002"})
    assert (settings.web_port, settings.log_level, settings.mx_port) == (9002, "debug", 8525)


def test_networks_and_ports_are_read_from_one_variable() -> None:
    settings = read(
        {"GATEWAY_TRUSTED_NEIGHBOURS": "10.0.0.0/8, 192.0.2.7", "GATEWAY_SMARTHOST": "[2001:db8::1]:2525"}
    )
    assert settings.trusted_neighbours == ("10.0.0.0/8", "192.0.2.7/32")
    assert settings.smarthost == ("2001:db8::1", 2525)


def test_name_servers_are_addresses_with_or_without_a_port() -> None:
    given = "192.0.2.53, 192.0.2.54:5353 2001:db8::53 [2001:db8::54]:5353"
    settings = read({"GATEWAY_NAME_SERVERS": given, "GATEWAY_SENDER_CHECK": "DNS"})
    assert settings.sender_check == "dns"
    assert settings.name_servers == (
        ("192.0.2.53", 53),
        ("192.0.2.54", 5353),
        ("2001:db8::53", 53),
        ("2001:db8::54", 5353),
    )
    assert read({}).sender_check == "header" and read({}).name_servers == ()


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("GATEWAY_SUBMISSION_PROT", "1", "did you mean 'GATEWAY_SUBMISSION_PORT'?"),
        ("GATEWAY_SUBMISSION_PORT", "smtp", "whole number from 1 to 65535"),
        ("GATEWAY_MX_PORT", "0", "whole number from 1 to 65535"),
        ("GATEWAY_MX_PORT", "8587", "three different ports"),
        ("GATEWAY_READER_TIMEOUT_S", "nan", "a number from"),
        ("GATEWAY_SUBMISSIONS_PORT", "8587", "a port of its own"),
        ("GATEWAY_MAILS_PER_MINUTE", "-1", "whole number from 0"),
        ("GATEWAY_CLAMAV", "clamd", "path of a socket"),
        ("GATEWAY_PROXY_NEIGHBOURS", "balancer", "networks such as"),
        ("GATEWAY_SMARTHOST", "mail.example.org", "host:port"),
        ("GATEWAY_SMARTHOST", "mail.example.org:99999", "host:port"),
        ("GATEWAY_BIND", "localhost", "IP address"),
        ("GATEWAY_TRUSTED_NEIGHBOURS", "everybody", "networks such as"),
        ("GATEWAY_DATABASE_URL", "mysql://db/gateway", "postgresql://"),
        ("GATEWAY_PUBLIC_URL", "relay.example.org", "https://"),
        ("GATEWAY_LOG_LEVEL", "wraning", "did you mean 'warning'?"),
        ("GATEWAY_TLS_CERT", "cert.pem", "set both"),
        ("GATEWAY_HOSTNAME", "mail\r\nexample", "one line"),
        ("GATEWAY_HOME", "", "GATEWAY_HOME"),
        ("GATEWAY_SENDER_CHECK", "dsn", "did you mean 'dns'?"),
        ("GATEWAY_SMARTHOST_TLS", "encrpt", "did you mean 'encrypt'?"),
        ("GATEWAY_NAME_SERVERS", "dns.example.org", "IP addresses such as"),
        ("GATEWAY_NAME_SERVERS", "192.0.2.53:99999", "IP addresses such as"),
        ("GATEWAY_SECOND_FACTOR", "no", "known are: required, optional"),
        ("GATEWAY_OIDC_ISSUER", "http://login.example.org", "begins with https://"),
        ("GATEWAY_OIDC_ISSUER", "https://login.example.org", "go together"),
    ],
)
def test_a_wrong_variable_is_refused_with_what_to_do(variable: str, value: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({variable: value})
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("wep_port = 1", ":1: there is no setting 'wep_port' (did you mean 'web_port'?)"),
        ("\nweb_port = true", "gateway.toml:2: write a whole number"),
        ("web_port = 80.5", "whole number"),
        ('trusted_neighbours = ["127.0.0.1", 5]', "networks such as"),
        ("web_port = ", "not valid TOML"),
        ('home = "elsewhere"', "GATEWAY_HOME"),
        ("[limits]\nrecipients = 3", "there is no setting 'limits'"),
    ],
)
def test_a_wrong_line_in_the_home_folder_is_named_with_its_file(tmp_path: Path, text: str, hint: str) -> None:
    (tmp_path / "gateway.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        read({"GATEWAY_HOME": str(tmp_path)})
    assert str(tmp_path) in str(caught.value)
    assert hint in str(caught.value)


def test_a_second_factor_is_required_unless_somebody_says_otherwise() -> None:
    assert read({}).second_factor == "required"
    assert read({"GATEWAY_SECOND_FACTOR": "Optional"}).second_factor == "optional"


@pytest.mark.parametrize("issuer", ["https://login.example.org", "https://login.example.org/tenant/"])
def test_an_issuer_is_kept_letter_for_letter(issuer: str) -> None:
    given = {"GATEWAY_OIDC_CLIENT_ID": "desk", "GATEWAY_OIDC_SECRET_FILE": "secret"}
    assert read({"GATEWAY_OIDC_ISSUER": issuer, **given}).oidc_issuer == issuer


def test_a_database_password_never_shows_in_a_printed_settings_object() -> None:
    settings = read({"GATEWAY_DATABASE_URL": "postgresql://gateway:hunter2@db.example.org/gateway"})
    assert "hunter2" not in repr(settings)


def test_the_shipped_folder_holds_settings_policies_and_clauses() -> None:
    folder = config_folder()
    assert (folder / "policies" / "default.yaml").is_file() and (folder / "clauses").is_dir()


def test_without_a_near_word_all_valid_words_are_named() -> None:
    assert nearest("zzz", ["add", "refuse"]) == "known are: add, refuse"


def test_what_guards_the_mail_ports_is_off_or_mild_as_shipped() -> None:
    settings = read({})
    assert (settings.submissions_port, settings.proxy_neighbours, settings.clamav) == (0, (), None)
    assert (settings.mails_per_minute, settings.mails_per_hour) == (60, 600)


def test_a_scanner_is_a_host_and_port_or_a_path() -> None:
    assert read({"GATEWAY_CLAMAV": "127.0.0.1:3310"}).clamav == ("127.0.0.1", 3310)
    assert read({"GATEWAY_CLAMAV": "/run/clamav/clamd.ctl"}).clamav == Path("/run/clamav/clamd.ctl")
