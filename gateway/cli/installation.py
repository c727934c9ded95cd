"""What the commands that work on a running installation share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gateway.domain.people import Organisation
from gateway.errors import NotFound, SettingsError

if TYPE_CHECKING:
    from gateway.packs import Shelf
    from gateway.wiring.storing import Store

organisation_option = click.option(
    "--organisation", "organisation_id", help="Id of the organisation, where there are several."
)
json_option = click.option("--json", "as_json", is_flag=True, help="For programs.")


def opened() -> Store:
    """The store of this installation. Raises SettingsError, StoreUnavailable."""
    from gateway.settings import read
    from gateway.wiring.storing import open_store

    return open_store(read())


def the_organisation(store: Store, organisation_id: str | None) -> Organisation:
    """The organisation asked for, or the only one. Raises NotFound, SettingsError."""
    known = store.directory.organisations()
    if organisation_id is None and len(known) == 1:
        return known[0]
    if organisation_id is None:
        ids = ", ".join(one.id for one in known)
        what = f"Say which with --organisation: {ids}." if ids else "There is none yet; run `gateway init`."
        raise SettingsError(what)
    found = next((one for one in known if one.id == organisation_id), None)
    if found is None:
        raise NotFound(f"There is no organisation '{organisation_id}'.")
    return found


def the_shelf() -> Shelf:
    """Where packs are looked for: this installation's own before those that ship. Raises SettingsError."""
    from gateway import packs
    from gateway.settings import config_folder, read

    return packs.shelf(read().home, config_folder())


def organisations(store: Store, organisation_id: str | None) -> Sequence[Organisation]:
    """The organisation asked for, or all of them. Raises NotFound."""
    if organisation_id is None:
        return store.directory.organisations()
    return (the_organisation(store, organisation_id),)
