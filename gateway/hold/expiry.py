"""From when on pictures and recordings of a pupil are past their time, under a policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from gateway.domain.policy import Policy
from gateway.hold.working_days import LONDON, first_day_kept

PICTURES_FOR, NATION = 5, "england"  # where a pack does not say


@dataclass(frozen=True, slots=True)
class Expiry:
    """Messages that came before these moments have to lose what they carry.

    pictures: of all pairs; schools: of those under a school's overlay, by its name. recordings: None
    where a policy says nothing.
    """

    pictures: datetime
    schools: Mapping[str, datetime]
    recordings: datetime | None


def expiry_of(policy: Policy, now: datetime) -> Expiry:
    """What is past its time now, by the settings retention_images_working_days and retention_recordings."""
    today = now.astimezone(LONDON).date()
    in_force = {name: one.policy for name, one in policy.overlays.items() if today <= one.until}
    recordings = policy.settings.get("retention_recordings")
    days = recordings.get("storage_days") if isinstance(recordings, Mapping) else None
    return Expiry(
        pictures=_pictures(policy, now),
        schools={name: _pictures(one, now) for name, one in in_force.items()},
        recordings=now - timedelta(days=days) if isinstance(days, int) else None,
    )


def _pictures(policy: Policy, now: datetime) -> datetime:
    today = now.astimezone(LONDON).date()
    return datetime.combine(first_day_kept(today, pictures_for(policy), nation_of(policy)), time(), LONDON)


def pictures_for(policy: Policy) -> int:
    """For how many working days pictures of pupils are kept."""
    days = policy.settings.get("retention_images_working_days", PICTURES_FOR)
    return days if isinstance(days, int) else PICTURES_FOR


def nation_of(policy: Policy) -> str:
    """The nation whose bank holidays count."""
    return str(policy.settings.get("jurisdiction", NATION))
