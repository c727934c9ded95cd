"""A desk over the shipped default pack, whose file a site may change, with two people who may decide on it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path

from gateway.domain.people import Person, Role
from gateway.domain.release import WAITING
from gateway.settings import config_folder
from gateway.store.desk_users import add_desk_user
from gateway.store.directory import SqlDirectory
from gateway.store.policies import SqlPolicies
from gateway.wiring.policies import Policies, shelf_of
from tests.fakes.office_desk import AT, PASSWORD, office_desk, people_the_desk
from tests.fakes.sql import Store, family_roster

ADA = "ada@org.test"
SHIPPED = (config_folder() / "policies" / "default.yaml").read_text()
LOOSER = SHIPPED.replace("gifts: {value: record", "gifts: {value: 'off'")


class House:
    """The desk and what is behind it; its time stands still."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store, self.now, self.stamps = store, AT, count(1_700_000_000)
        self.file = home / "policies" / "default.yaml"
        self.file.parent.mkdir()
        self.releases = SqlPolicies(store.engine)
        self.policies = Policies(
            shelf_of(home, config_folder()), self.releases, lambda *_: None, lambda: self.now
        )
        store.directory = SqlDirectory(store.engine, store.vault, self.policies.of, self.policies.shadow_of)
        people_the_desk(store)
        ada = Person("ada", "demo", Role.ADMINISTRATOR, "Ada", "Quill", mailboxes=(ADA,))
        roster = family_roster()
        store.bring_in(replace(roster, people=(*roster.people, ada), passwords={}))
        add_desk_user(
            store.engine, store.vault, "demo", address=ADA, role=Role.ADMINISTRATOR, password=PASSWORD
        )
        self.policies.of(roster.organisation)
        self.desk = office_desk(store, self.clock)

    def clock(self) -> datetime:
        return self.now

    def write(self, text: str) -> None:
        self.file.write_text(text)
        stamp = next(self.stamps)
        os.utime(self.file, (stamp, stamp))

    def states(self) -> dict[str, str]:
        return {one.version: one.state for one in self.releases.history("demo")}

    def waiting(self) -> str:
        (version,) = [version for version, state in self.states().items() if state == WAITING]
        return version
