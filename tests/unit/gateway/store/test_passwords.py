from gateway.store.passwords import APP_PASSWORD, hash_password, make_secret, verify


def test_a_machine_made_secret_has_two_hundred_random_bits():
    one, other = make_secret(APP_PASSWORD), make_secret(APP_PASSWORD)
    assert one != other
    assert one.startswith("tgw_")
    assert len(one) == 4 + 40


def test_machine_made_secrets_are_kept_as_sha256_and_chosen_ones_as_argon2id():
    assert hash_password(make_secret(APP_PASSWORD)).startswith("sha256$")
    assert hash_password("correct horse").startswith("$argon2id$")
    assert hash_password("tgw_short").startswith("$argon2id$")


def test_the_right_word_opens_and_any_other_does_not():
    for word in (make_secret(APP_PASSWORD), "correct horse", "pässwörd ✓", "\ud800"):
        kept = hash_password(word) if word != "\ud800" else hash_password("x")
        assert verify(word, kept) is (word != "\ud800")
        assert not verify(word + "x", kept)
        assert not verify("", kept)


def test_nobody_is_never_signed_in():
    assert not verify("anything", None)
    assert not verify(make_secret(APP_PASSWORD), None)
    assert not verify("", "")


def test_what_is_stored_is_not_itself_a_password():
    kept = hash_password(make_secret(APP_PASSWORD))
    assert not verify(kept, kept)
    assert not verify("sha256$", "sha256$")


def test_a_machine_made_form_never_opens_an_argon2_hash_nor_the_other_way_round():
    secret = make_secret(APP_PASSWORD)
    assert not verify("correct horse", hash_password(secret))
    assert not verify(secret, hash_password("correct horse"))
