"""All pages of families and tutors, ready for `create_desk`."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from gateway.desk.families.addresses import addresses_blueprint
from gateway.desk.families.callers import Callers
from gateway.desk.families.guardian import guardian_blueprint
from gateway.desk.families.pupil import pupil_blueprint
from gateway.desk.families.pupil_pictures import pupil_pictures_blueprint
from gateway.desk.families.sealed import sealed_blueprint
from gateway.desk.families.signing import signing_blueprint
from gateway.desk.families.telling import telling_blueprint


def family_pages(callers: Callers) -> tuple[Blueprint, ...]:
    """The blueprints of guardians and pupils, and what tutors share with them."""
    signing = signing_blueprint()

    @signing.record_once
    def hand_over(state: BlueprintSetupState) -> None:
        state.app.extensions["callers"] = callers

    of_pupils = (pupil_blueprint(), pupil_pictures_blueprint())
    of_guardians = (guardian_blueprint(), addresses_blueprint())
    return (signing, *of_guardians, telling_blueprint(), *of_pupils, sealed_blueprint())
