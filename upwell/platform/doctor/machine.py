"""The machine under the installation: folder, disk, address, clock."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from upwell.base.errors import UpwellError
from upwell.platform import clockstamp
from upwell.platform.configuration import set_now, variable
from upwell.platform.doctor.check import Check, fail, ok, warn
from upwell.platform.home import Home, user_name
from upwell.platform.listening import (
    PORTS,
    Listening,
    check_tls,
    is_loopback,
    port_problem,
    port_range_words,
    port_words,
)
from upwell.platform.postgres.osuser import known_server_user

MB = 1_000_000
DISK_FULL_BYTES, DISK_LOW_BYTES = 300 * MB, 2000 * MB
CLOCK_MOVED_SECONDS = 60.0
BACKUP_OLD = timedelta(days=2)


def home_checks(home: Home) -> Iterator[Check]:
    """The home's owner and modes."""
    if not home.exists:
        yield warn("home", f"{home.root} is not there yet.", "Run: upwell init (or upwell serve).")
        return
    owner = home.root.stat().st_uid
    if owner != os.geteuid():
        me = user_name(os.geteuid())
        yield fail(
            "home",
            f"{home.root} belongs to {user_name(owner)}, but this runs as {me}.",
            f"Run it as {user_name(owner)}, or: chown -R {me} {home.root}",
        )
        return
    yield from _modes(home)
    yield _cluster_owner(home)


def _modes(home: Home) -> Iterator[Check]:
    open_ones = []
    for room in (home.secrets, home.log, home.cluster):
        try:
            paths = [room, *(room.iterdir() if room == home.secrets else ())]
            open_ones += [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
        except FileNotFoundError:
            continue
        except PermissionError:
            yield fail("home-modes", f"{room} can't be read.", f"chown -R {user_name(os.geteuid())} {room}")
    if open_ones:
        names = " ".join(str(path) for path in open_ones)
        yield fail("home-modes", f"Others may look into {names}.", f"chmod go-rwx {names}")
    else:
        yield ok("home", f"{home.root} is ours, and closed to others.")


def _cluster_owner(home: Home) -> Check:
    if set_now("database_url"):
        return ok("cluster", f"The database is the one of {variable('database_url')}; none is kept here.")
    if not home.cluster.exists():
        return ok("cluster", "The database is not set up yet; upwell serve does it.")
    user = known_server_user()
    owner = home.cluster.stat().st_uid
    if user is None or owner != user[1]:
        wanted = user[0] if user else "upwell"
        return fail(
            "cluster",
            f"{home.cluster} belongs to {user_name(owner)}, but the database runs as {wanted}.",
            f"chown -R {wanted} {home.cluster}",
        )
    return ok("cluster", f"{home.cluster} belongs to {user[0]}, who runs the database.")


def disk_check(home: Home) -> Check:
    """Room on the disk; without it the database stops."""
    place = home.root
    while not place.exists():
        place = place.parent
    room = os.statvfs(place)
    free = room.f_bavail * room.f_frsize
    shown = f"{free / MB:,.0f} MB are free on the disk of {home.root}."
    mend = "Free some space, or move the home to a larger disk (stop, move the folder, set UPWELL_HOME)."
    if free < DISK_FULL_BYTES:
        return fail("disk", f"The disk is full or nearly so: {shown}", mend)
    if room.f_files and room.f_favail < 2000:
        return fail("disk", f"The disk of {home.root} can hold hardly any more files.", mend)
    if free < DISK_LOW_BYTES:
        return warn("disk", f"The disk is getting full: {shown}", mend)
    return ok("disk", shown)


def address_checks(home: Home, asked: Listening, served: dict[str, object] | None) -> Iterator[Check]:
    """The port, and whether it is safe to listen there."""
    if served is not None:
        yield ok(
            "port", f"Upwell serves {served.get('url', 'this home')} (process {served.get('pid', '?')})."
        )
    elif asked.port not in PORTS:
        yield fail("port", port_range_words(asked.port), "Choose one: upwell serve --port 8000")
        return
    elif (problem := port_problem(asked.host, asked.port)) is not None:
        words = port_words(asked.host, asked.port, problem)
        mend = f"upwell serve --port {asked.port + 1}" if problem.errno == errno.EADDRINUSE else words
        yield fail("port", words, mend)
    else:
        yield ok("port", f"Port {asked.port} on {asked.host} is free.")
    try:
        if asked.tls_cert and asked.tls_key:
            check_tls(asked.tls_cert, asked.tls_key)
        loopback = is_loopback(asked.host)
    except UpwellError as error:
        yield fail("tls", error.message, "Correct the option that it names.")
        return
    if loopback:
        yield ok("tls", f"{asked.host} is reached from this machine only; no HTTPS is needed.")
    elif asked.demo or home.is_demo:
        yield fail(
            "demo",
            f"A demo home would listen on {asked.host}.",
            "Leave --host out, or use a home that is no demo.",
        )
    elif asked.tls or asked.trusted_proxies:
        yield ok("tls", f"{asked.host} is served over HTTPS, or behind a proxy that does so.")
    else:
        yield fail(
            "tls",
            f"{asked.host} is reached from outside without HTTPS; passkeys and the phone app do not work so.",
            "upwell serve --tls-cert FILE --tls-key FILE, or --trusted-proxy ADDRESS behind an HTTPS proxy.",
        )


def clock_checks(home: Home, last_recorded: datetime | None) -> Iterator[Check]:
    """The machine's clock: doses and vital signs are timed by it."""
    mend = "Set the clock (timedatectl set-ntp true), and look at what was recorded in the meantime."
    present = clockstamp.take()
    found = []
    installed = Path(clockstamp.__file__).stat().st_mtime
    if present.wall < installed - 24 * 3600:
        found.append("it is earlier than the day on which Upwell was installed")
    before = clockstamp.read(home)
    if before is not None:
        jump = clockstamp.jump_seconds(before, present)
        if abs(jump) > CLOCK_MOVED_SECONDS:
            found.append(f"it was moved {'forward' if jump > 0 else 'back'} by {abs(jump):,.0f} seconds")
    if last_recorded is not None:
        ahead = (last_recorded - datetime.fromtimestamp(present.wall, UTC)).total_seconds()
        if ahead > CLOCK_MOVED_SECONDS:
            found.append(f"the last record is {ahead:,.0f} seconds in its future")
    if found:
        yield fail("clock", f"The clock is off: {'; '.join(found)}.", mend)
    else:
        yield ok("clock", f"The clock says {datetime.fromtimestamp(present.wall, UTC):%Y-%m-%d %H:%M} UTC.")


def backup_check(home: Home, moment: datetime) -> Check:
    """Whether there is a recent backup."""
    from upwell.platform.backup import last_backup

    mend = (
        "upwell backup FILE, each night, onto another disk (a line for cron stands in the operator's guide)."
    )
    if home.is_demo:
        return ok("backup", "A demo needs no backup.")
    last = last_backup(home)
    if last is None:
        return warn("backup", "There is no backup of this home yet.", mend)
    if moment - last > BACKUP_OLD:
        return warn("backup", f"The last backup is of {last:%Y-%m-%d}.", mend)
    return ok("backup", f"The last backup is of {last:%Y-%m-%d %H:%M}.")
