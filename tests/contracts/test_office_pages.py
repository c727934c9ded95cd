"""The pages of the office over a real PostgreSQL."""

import pytest

from tests.fakes.office_desk import (
    LEAD,
    MODERATOR,
    STRANGER,
    held_case,
    office_desk,
    people_the_desk,
    post,
    sign_in,
)

LEADS_PAGES = ("/files", "/concerns", "/holds", "/record", "/figures", "/figures.csv", "/ops")
PAGES = (*LEADS_PAGES, "/office", "/samples", "/care", "/rota")


@pytest.fixture
def desk(store):
    people_the_desk(store)
    return office_desk(store)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens(desk, path):
    assert sign_in(desk, LEAD).get(path).status_code == 200


@pytest.mark.parametrize("path", LEADS_PAGES)
def test_a_moderator_is_kept_out_of_what_is_the_lead_s(desk, path):
    assert sign_in(desk, MODERATOR).get(path).status_code == 403
