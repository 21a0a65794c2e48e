"""Nasal devices in a log: how many minutes lie between two of them."""

from __future__ import annotations

from upwell.knowledge.edition import kept
from upwell.knowledge.protocols import Protocol, known_protocols, load_protocol
from upwell.science.session.events import Event
from upwell.science.session.order import Order


def minutes_between_devices(order: Order | None, former: Event, event: Event) -> float | None:
    """The minutes that have to lie between two devices, as far as it is known; nothing where no device was given.

    The protocol of the order says it; an order by another name, the devices of its substance and route; without an
    order, two entries that name their devices.
    """
    named = all(one.body.get("device") is not None for one in (former, event))
    if order is None:
        return _interval(None, None) if named else None
    protocol = order.event.body.get("protocol")
    if protocol in known_protocols():
        device = load_protocol(protocol).device
        return None if device is None else device.interval_minutes
    return _interval(order.substance, order.route) if named or order.devices is not None else None


@kept
def _with_devices() -> tuple[Protocol, ...]:
    every = (load_protocol(one) for one in known_protocols())
    return tuple(one for one in every if one.device is not None)


def _interval(substance: str | None, route: str | None) -> float | None:
    """The longest that a protocol for it asks for; unknown counts as any."""
    found = [
        one.device.interval_minutes
        for one in _with_devices()
        if one.device is not None and substance in (None, one.substance) and route in (None, one.route)
    ]
    return max(found, default=None)
