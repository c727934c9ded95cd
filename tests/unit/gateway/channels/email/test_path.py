from __future__ import annotations

import time

import pytest

from gateway.channels.email.path import MAIL_PARAMETERS, BadParameter, UnknownParameter, read_path


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        ("FROM:<a@b.test>", "a@b.test"),
        ("from: <a@b.test>", "a@b.test"),
        ("FROM:<>", ""),
        ('FROM:<"a b>c"@b.test>', '"a b>c"@b.test'),
        ("FROM:<@x.test,@y.test:a@b.test>", "a@b.test"),
        ("FROM:<a+tag=x@b.test>", "a+tag=x@b.test"),
        ("FROM:<ä@b.test>", "ä@b.test"),
    ],
)
def test_it_reads_addresses(argument: str, address: str) -> None:
    assert read_path(argument, "FROM:", MAIL_PARAMETERS).address == address


@pytest.mark.parametrize(
    "argument",
    ["", "FROM:", "FROM:a@b.test", "FROM:<a>", "FROM:<a@b@c>", "FROM:<a b@c.test>", "FROM:<a@b.test>x",
     "FROM:<a@b.test> SIZE", "FROM:<a@b.test> SIZE=", "FROM:<a@b.test> SIZE=1 SIZE=1", "TO:<a@b.test>",
     "FROM:<a@b.test> SMTPUTF8=yes", "FROM:<a@b.test> RET=SOME", "FROM:<" + "a" * 300 + "@b.test>", "FROM:<a@b.test> =x"],
)  # fmt: skip
def test_it_refuses_what_is_not_well_formed(argument: str) -> None:
    with pytest.raises(ValueError):
        read_path(argument, "FROM:", MAIL_PARAMETERS)


def test_it_tells_unknown_parameters_apart() -> None:
    with pytest.raises(UnknownParameter):
        read_path("FROM:<a@b.test> BY=1", "FROM:", MAIL_PARAMETERS)


@pytest.mark.parametrize("filling", ["\\" * 2000, "a" * 2000, '"' * 2000, "@a," * 600, '"\\"' * 600])
def test_hostile_addresses_cost_little(filling: str) -> None:
    began = time.thread_time()
    with pytest.raises(ValueError):
        read_path(f'FROM:<"{filling}', "FROM:", MAIL_PARAMETERS)
    with pytest.raises(ValueError):
        read_path(f"FROM:<{filling}", "FROM:", MAIL_PARAMETERS)
    assert time.thread_time() - began < 0.2


@pytest.mark.parametrize(
    "parameter",
    ["AUTH=<>", "AUTH=e+3Dmc2@b.test", "RET=hdrs", "ENVID=QQ314159", "BODY=7bit", "SMTPUTF8", "SIZE=0"],
)
def test_it_understands_what_was_announced(parameter: str) -> None:
    name, _, value = parameter.partition("=")
    assert read_path(f"FROM:<a@b.test> {parameter}", "FROM:", MAIL_PARAMETERS).parameters == {name: value}


@pytest.mark.parametrize(
    "parameter",
    ["AUTH=", "AUTH=a=b", "RET=ALL", "ENVID=+zz", "ENVID=" + "x" * 101, "BODY=BINARYMIME", "SIZE=1e3",
     "SIZE=1 size=2", "SMTPUTF8=1", "=x", "SIZE==1"],
)  # fmt: skip
def test_a_bad_value_is_told_apart_from_a_bad_address(parameter: str) -> None:
    with pytest.raises(BadParameter):
        read_path(f"FROM:<a@b.test> {parameter}", "FROM:", MAIL_PARAMETERS)


def test_a_route_to_nobody_is_no_null_sender() -> None:
    with pytest.raises(ValueError):
        read_path("FROM:<@relay.test:>", "FROM:", MAIL_PARAMETERS)
