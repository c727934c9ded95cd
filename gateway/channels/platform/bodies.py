"""What crosses the API, as pydantic models: the source of docs/openapi.json."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, FailFast, Field, field_validator
from pydantic_core import PydanticCustomError

TEXT_LIMIT = 100_000  # code points
SUBJECT_LIMIT = 300
RECIPIENT_LIMIT = 50

# Ids reach the database, which takes no NUL; a space in one is always somebody's mistake.
Id = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
State = Literal["on_its_way", "delivered", "checking", "refused", "returned"]
CopyState = Literal["on_its_way", "delivered", "not_delivered"]


class Keyed(BaseModel):
    """The header that makes repeating a request safe."""

    model_config = ConfigDict(hide_input_in_errors=True)

    idempotency_key: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[!-~]+$",
            description="One per message. Repeating it with the same body repeats the answer.",
        ),
    ]


class Submission(BaseModel):
    """A message that somebody of a pair sends to others of it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)

    pair: Annotated[Id, Field(description="Id of the tutor-pupil pair.")]
    sender: Annotated[Id, Field(description="Id of the person who writes.")]
    # Fail fast: a long list of nonsense is one error, not a hundred thousand.
    recipients: Annotated[
        list[Id],
        FailFast(),
        Field(
            min_length=1,
            max_length=RECIPIENT_LIMIT,
            description="Ids of the people written to, each once.",
            json_schema_extra={"uniqueItems": True},
        ),
    ]
    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=TEXT_LIMIT,
            pattern=r"^[^\x00]*$",
            repr=False,
            description="Plain text. Offsets in answers count its code points from 0.",
        ),
    ]
    # A line break in a subject would begin a new header in a guardian's copy.
    subject: Annotated[
        str | None,
        Field(max_length=SUBJECT_LIMIT, pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029]*$", repr=False),
    ] = None

    @field_validator("recipients")
    @classmethod
    def _each_once(cls, value: list[str]) -> list[str]:
        if len(set(value)) != len(value):
            raise PydanticCustomError("repeated", "each recipient once")
        return value


FIELDS = tuple(Submission.model_fields)


class Recipient(BaseModel):
    """One person's copy."""

    person: str
    state: CopyState


class Decided(BaseModel):
    """The message passed; show `text` and `subject`, which may differ from what was sent."""

    id: str
    reference: Annotated[str, Field(description="Short reference to quote to the organisation.")]
    state: State
    received_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    subject: str | None
    text: str | None
    recipients: Annotated[
        list[Recipient], Field(description="Includes guardians whom the organisation copies in.")
    ]
    policy_version: str
    deliver_after: Annotated[
        str | None,
        Field(
            description="Show it to nobody before this time: the organisation is closed.",
            json_schema_extra={"format": "date-time"},
        ),
    ] = None


class Checking(BaseModel):
    """The message was taken and waits for a person; ask again later."""

    id: str
    reference: str
    state: Literal["checking"]
    received_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    expected_decision_by: Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Standing(BaseModel):
    """Where a message stands, as its sender may know it."""

    id: str
    reference: str
    state: State
    received_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    expected_decision_by: Annotated[str | None, Field(json_schema_extra={"format": "date-time"})]
    text: str | None
    recipients: list[Recipient]
    policy_version: str


class Spot(BaseModel):
    """Where in a refused message something stands that may not be sent."""

    field: Literal["subject", "text"]
    start: int
    end: Annotated[int, Field(description="Exclusive.")]
    unit: Literal["codepoint"]
    category: str
    clause: str


class Mistake(BaseModel):
    """One thing wrong with a body."""

    pointer: Annotated[str, Field(description="JSON pointer; the object itself for an unknown field.")]
    detail: str
    position: Annotated[int | None, Field(description="Which field of the object, from 1.")] = None


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; nothing of the request is repeated in them."""

    type: str
    title: str
    status: int
    detail: str
    fix: str
    pointer: str | None = None
    errors: list[Mistake] | None = None
    id: str | None = None
    reference: str | None = None
    state: Literal["refused"] | None = None
    clause: str | None = None
    findings: list[Spot] | None = None
    policy_version: str | None = None
    received_at: str | None = None
