import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import SettingsError
from gateway.store.vault import HEADER_BYTES, SLICE, Key, create_master_key, load_master_key, normal_address

KEY = Key(b"k" * 16, bytes(range(32)))


@given(st.binary(max_size=2000), st.text(max_size=30))
def test_what_is_sealed_opens_again(plain, about):
    assert KEY.open(KEY.seal(plain, about), about) == plain


@pytest.mark.parametrize("size", [SLICE - 1, SLICE, SLICE + 1, 3 * SLICE, 3 * SLICE + 7])
def test_large_contents_are_sealed_in_slices_to_the_same_form(size):
    plain = os.urandom(size)
    sealed = KEY.seal(plain, "message")
    assert len(sealed) == HEADER_BYTES + size + 16
    assert KEY.open(sealed, "message") == plain


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_flipped_bit_anywhere_is_noticed(at, mask):
    sealed = bytearray(KEY.seal(b"The heron nests by the weir" * 10, "message"))
    at %= len(sealed)
    sealed[at] ^= mask
    with pytest.raises(ValueError, match="changed"):
        KEY.open(bytes(sealed), "message")


def test_a_value_moved_to_another_row_does_not_open():
    with pytest.raises(ValueError, match="moved"):
        KEY.open(KEY.seal(b"x", "message\x001"), "message\x002")


def test_a_value_of_another_key_does_not_open():
    with pytest.raises(ValueError, match="changed"):
        Key(b"k" * 16, b"z" * 32).open(KEY.seal(b"x", "a"), "a")


def test_the_same_words_never_look_the_same_sealed():
    assert KEY.seal(b"same", "a") != KEY.seal(b"same", "a")


def test_hostile_text_survives_sealing_as_json():
    value = {"subject": "\x00 \ud800 ‮ 🦆", "more": [1, None, "é"]}
    assert KEY.open_json(KEY.seal_json(value, "a"), "a") == value


def test_marks_agree_for_equal_values_only():
    assert KEY.mark("a") == KEY.mark("a")
    assert KEY.mark("a") != KEY.mark("b")
    assert KEY.mark("a") != Key(b"k" * 16, b"z" * 32).mark("a")


def test_addresses_are_compared_without_case_space_or_composition():
    assert normal_address(" Rene\u0301@Family.TEST ") == normal_address("ren\u00e9@family.test")


def test_the_master_key_is_written_once_and_for_this_user_only(tmp_path):
    path = tmp_path / "keys" / "master.key"
    create_master_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(load_master_key(path)) == 32
    with pytest.raises(SettingsError, match="already"):
        create_master_key(path)


def test_a_missing_open_or_broken_master_key_is_refused_in_words(tmp_path):
    path = tmp_path / "master.key"
    with pytest.raises(SettingsError, match="gateway init"):
        load_master_key(path)
    path.write_text("no key\n")
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="64 hexadecimal"):
        load_master_key(path)
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_master_key(path)
