"""What happens in the demo: who writes what to whom, and what should become of it.

Everybody here is invented; numbers are from Ofcom's ranges for drama.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wire(StrEnum):
    """How a scene's message enters."""

    SUBMISSION = "submission"  # a tutor's mail program, signed in
    MX = "mx"  # a family's mail provider
    API = "api"  # a tutoring platform


@dataclass(frozen=True, slots=True)
class Scene:
    """One message of the demo.

    sender, to: person ids of the demo roster. tutor, pupil: the pair it belongs to.
    outcome, rule: what the default pack makes of it; rule is "" for a clean message.
    reaches: person ids whose mailboxes must have received it in the end.
    """

    title: str
    wire: Wire
    tutor: str
    pupil: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    outcome: str
    rule: str = ""
    reaches: tuple[str, ...] = ()


SCENES: tuple[Scene, ...] = (
    Scene(
        "A clean mail, guardian forgotten",
        Wire.SUBMISSION,
        "tara",
        "jamie",
        "tara",
        ("jamie",),
        "Fractions for Thursday",
        "Hi Jamie,\n\nplease try questions 1 to 6 on page 42 before our lesson on Thursday.\n\nTara",
        "amend",
        "guardian_copied",
        ("ruth", "jamie"),
    ),
    Scene(
        "A pupil's name in the subject",
        Wire.SUBMISSION,
        "tara",
        "amara",
        "tara",
        ("chidi", "helen"),
        "Amara Nwosu-Bell: progress in chemistry",
        "Dear both,\n\nmoles and ratios went well this week. Next we look at limiting reagents.\n\nTara",
        "amend",
        "subject_initials",
        ("chidi", "helen"),
    ),
    Scene(
        "A mobile number in digits",
        Wire.SUBMISSION,
        "owen",
        "yusuf",
        "owen",
        ("yusuf", "elif"),
        "Tomorrow's lesson",
        "Hi Yusuf, if the link fails just ring me on 07700 900123.",
        "refuse",
        "contact_details",
    ),
    Scene(
        "The same number in words",
        Wire.SUBMISSION,
        "owen",
        "yusuf",
        "owen",
        ("yusuf", "elif"),
        "Tomorrow's lesson",
        "Hi Yusuf, if the link fails call me: oh seven seven double oh, nine hundred, one two three.",
        "hold",
        "contact_details",
    ),
    Scene(
        "Asking a child to keep a secret",
        Wire.SUBMISSION,
        "owen",
        "grace",
        "owen",
        ("grace", "maja"),
        "Well done",
        "You did so well today. Let's keep our chats just between us, don't tell your mum about them.",
        "hold",
        "secrecy_request",
    ),
    Scene(
        "A child tells about harm at home",
        Wire.MX,
        "tara",
        "sofia",
        "sofia",
        ("tara",),
        "homework",
        "sorry i didnt do the homework. my dad hits me when he is angry and im scared to go home",
        "hold",
        "disclosure_before_copy",
    ),
    Scene(
        "A guardian replies",
        Wire.MX,
        "tara",
        "jamie",
        "ruth",
        ("tara",),
        "Re: Fractions for Thursday",
        "Thank you Tara, Jamie has done all six. Could we start ten minutes later on Thursday?",
        "pass",
        "",
        ("tara",),
    ),
    Scene(
        "A lesson where it was assessed",
        Wire.SUBMISSION,
        "owen",
        "niamh",
        "owen",
        ("niamh", "sean"),
        "Monday",
        "Hi Niamh, on Monday we use Bitpaper for the lesson again. Bring the poem you chose.",
        "pass",
        "",
        ("niamh", "sean"),
    ),
    Scene(
        "A picture, agreed to for this",
        Wire.SUBMISSION,
        "owen",
        "niamh",
        "owen",
        ("sean",),
        "Progress report",
        "Dear Sean, with the progress report comes a photo of Niamh holding her reading prize.",
        "pass",
        "image_consent",
        ("sean",),
    ),
    Scene(
        "A platform message to a pupil",
        Wire.API,
        "tara",
        "lewis",
        "tara",
        ("lewis",),
        "",
        "Nice work on the algebra, Lewis. The next worksheet is in your lesson room.",
        "amend",
        "guardian_copied",
        ("sean",),
    ),
    Scene(
        "A platform message with a handle",
        Wire.API,
        "tara",
        "lewis",
        "tara",
        ("lewis", "sean"),
        "",
        "Add me on Instagram, I'm @tara.teaches.maths, it is quicker there.",
        "refuse",
        "contact_details",
    ),
)
