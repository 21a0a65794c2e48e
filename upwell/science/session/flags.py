"""Flags: what is wrong with an observation. It is stored all the same; a person looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

# What each flag says. Words of one observation are added where they help.
SAYS: dict[str, str] = {
    "clock-skew": "It was received before it was observed: the clock of the device is wrong.",
    "clock-corrected": "The clock of the device was wrong; the time was corrected.",
    "same-id-other-content": "Two different events carry this id; the one that was received first counts.",
    "without-author": "Nobody is named who observed or decided this.",
    "session-type-differs": "The events name different kinds of session; the first counts.",
    "order-incomplete": "The order lacks substance, route or dose.",
    "order-arithmetic": "The ordered dose is not what mg/kg times the weight makes.",
    "order-after-dose": "This order was signed after a dose had been given.",
    "order-after-end": "It was ordered after the session was over.",
    "weight-mismatch": "The weight that the order rests on is not the measured one.",
    "dose-without-order": "A dose was given without an order.",
    "dose-without-go": "A dose was given without a go of the pre-dose gate.",
    "dose-after-no-go": "A dose was given after the pre-dose gate said no-go.",
    "dose-not-checked": "A dose was given on an order that no second person had checked.",
    "dose-undiluted": "By its strength this went into a vein undiluted. A concentrated vial is always diluted first.",
    "dose-above-order": "More was given than was ordered.",
    "dose-without-amount": "A dose was given, but how much is not on record; it is missing from the sum.",
    "dose-of-zero": "A dose of 0 mg was recorded: nothing was given, or the amount is missing.",
    "dose-worked-out": "The dose was worked out from volume and concentration.",
    "dose-arithmetic": "The dose is not what volume times concentration makes.",
    "device-twice": "The same device of the order was recorded as given twice.",
    "device-too-soon": "This device came sooner after the one before than its instructions allow.",
    "dose-by-two": "Two people wrote down the same dose within a minute: if it was one dose, correct one of the two.",
    "other-route": "The order was changed to another substance or route after a dose had been given.",
    "infusion-order": "This step of the infusion does not follow from the one before.",
    "infusion-without-rate": "The rate of the infusion is not on record.",
    "infusion-rate-from-order": "The rate was not recorded; that of the order was taken.",
    "infusion-amount-differs": "The recorded dose is not what rate times time makes.",
    "infusion-not-stopped": "The session is over, and no end of the infusion is on record.",
    "event-before-arrival": "This was recorded before the person had arrived.",
    "event-after-end": "This was recorded after the session was over.",
    "received-after-end": "It came in after the session was over, and is of before: it counts at its own time.",
    "not-dosed-but-dosed": "The session ended as not dosed, but a dose is on record.",
    "left-without-discharge": "The person left without being discharged.",
    "discharge-refused": "The discharge gate said no-go at that time: this discharge does not count.",
    "discharged-without-go": "The person was discharged without a go of the discharge gate.",
    "discharge-doubtful": "With what is known now, the discharge gate says no-go for that time.",
    "go-against-rules": "A go was decided where the rules, with what was known then, say no-go: it does not count.",
    "scale-unknown": "This instrument is not known; its total raises no alarm.",
    "scale-differs": "The total is not what the answers make; the total was taken.",
    "scale-out-of-range": "The total is not one that this instrument can have; it was not used.",
    "scale-without-total": "There is no total, and none can be worked out from the answers.",
    "update-of-unknown": "It goes on with an event that is not in the log; it stands for itself.",
    "criterion-unknown": "There is no such discharge criterion.",
    "criterion-is-measured": "This criterion is decided by measurements, not by a tick.",
    "checklist-value": "This answer is not one that the item can have; it was not used.",
    "reading-unlikely": "This reading is rare enough to be a slip: measure again, and correct it if it was one.",
    "empty": "Nothing is recorded in it.",
    "schedule-unknown": "No monitoring times are known for this substance and route.",
    "correction-of-unknown": "It corrects an event that is not in the log.",
    "correction-in-a-circle": "These corrections correct each other; none of them counts.",
    "correction-does-not-fit": "The replacement does not fit the event that it corrects; that event stays as it was.",
    "correction-without-reason": "No reason is given for the correction.",
}


# A dose that was given as nobody had released it: recorded all the same, and the team is told.
DEVIATIONS = frozenset(
    {
        "dose-without-order",
        "dose-without-go",
        "dose-after-no-go",
        "dose-above-order",
        "dose-not-checked",
        "dose-undiluted",
        "device-too-soon",
    }
)


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is wrong, at one event or at the session as a whole."""

    flag: str
    event: str | None
    at: datetime | None
    more: str = ""

    def as_json(self) -> dict[str, Any]:
        """The flag with its sentence."""
        return {
            "flag": self.flag,
            "event": self.event,
            "at": None if self.at is None else self.at.isoformat(),
            "message": f"{SAYS[self.flag]} {self.more}".rstrip(),
            "deviation": self.flag in DEVIATIONS,
        }

    @property
    def order(self) -> tuple[bool, float, str, str, str]:
        """By time, then by name."""
        return (
            self.at is None,
            0.0 if self.at is None else self.at.timestamp(),
            self.flag,
            self.event or "",
            self.more,
        )
