"""A bundle under a passphrase."""

import pytest

from gateway.errors import SettingsError
from gateway.record.locked import lock, unlock

PHRASE = "seven quiet herons"


def test_only_its_own_passphrase_opens_it():
    made = lock(b"evidence", PHRASE)
    assert b"evidence" not in made and made != lock(b"evidence", PHRASE)
    assert unlock(made, PHRASE) == b"evidence"
    with pytest.raises(SettingsError, match="another one"):
        unlock(made, PHRASE + "s")
    with pytest.raises(SettingsError, match="another one"):
        unlock(made[:-1] + bytes([made[-1] ^ 1]), PHRASE)


@pytest.mark.parametrize("file", [b"", b"PK\x03\x04", b"TGB1"])
def test_another_file_is_told(file):
    with pytest.raises(SettingsError, match="no locked bundle"):
        unlock(file, PHRASE)


def test_a_short_passphrase_is_refused():
    with pytest.raises(SettingsError, match="14 characters"):
        lock(b"evidence", "short")
