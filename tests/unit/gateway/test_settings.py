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


@pytest.mark.parametrize(
    ("variable", "value", "hint"),
    [
        ("GATEWAY_SUBMISSION_PROT", "1", "did you mean 'GATEWAY_SUBMISSION_PORT'?"),
        ("GATEWAY_SUBMISSION_PORT", "smtp", "whole number from 1 to 65535"),
        ("GATEWAY_MX_PORT", "0", "whole number from 1 to 65535"),
        ("GATEWAY_MX_PORT", "8587", "three different ports"),
        ("GATEWAY_READER_TIMEOUT_S", "nan", "a number from"),
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


def test_a_database_password_never_shows_in_a_printed_settings_object() -> None:
    settings = read({"GATEWAY_DATABASE_URL": "postgresql://gateway:hunter2@db.example.org/gateway"})
    assert "hunter2" not in repr(settings)


def test_the_shipped_folder_holds_settings_policies_and_clauses() -> None:
    folder = config_folder()
    assert (folder / "policies" / "default.yaml").is_file() and (folder / "clauses").is_dir()


def test_without_a_near_word_all_valid_words_are_named() -> None:
    assert nearest("zzz", ["add", "refuse"]) == "known are: add, refuse"
