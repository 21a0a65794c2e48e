"""The home: where it is, who may look into it, its secrets."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from upwell.base.errors import Unavailable
from upwell.platform.home import SOCKET_FILE, SOCKET_PATH_LIMIT, Home


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UPWELL_HOME", str(tmp_path / "named"))
    assert Home.at().root == tmp_path / "named"
    assert Home.at(tmp_path / "x" / ".." / "y").root == tmp_path / "y"
    monkeypatch.delenv("UPWELL_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Home.at().root == (Path("/var/lib/upwell") if os.geteuid() == 0 else tmp_path / "upwell")


def test_modes(tmp_path: Path) -> None:
    home = Home.at(tmp_path / "deep" / "home").create()
    assert stat.S_IMODE(home.root.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700
    home.secrets.chmod(0o755)
    home.create()
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o700


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    home = Home.at(tmp_path).create()
    assert home.secret_if_any("app") == ""
    assert home.secret_or_ephemeral("app") != home.secret_or_ephemeral("app")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(home.secret("app"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) > 40
    assert stat.S_IMODE((home.secrets / "app").stat().st_mode) == 0o600
    assert os.listdir(home.secrets) == ["app"]
    assert home.secret_or_ephemeral("app") == found[0]
    assert home.secret("owner") != found[0]


def test_an_empty_secret_is_made_again(tmp_path: Path) -> None:
    home = Home.at(tmp_path).create()
    (home.secrets / "app").touch()
    assert home.secret("app")


@pytest.mark.parametrize("length", [20, 60, 99, 120, 300])
def test_the_socket_path_stays_short(length: int) -> None:
    home = Home.at("/" + "x" * length)
    assert len(os.fsencode(home.sockets / SOCKET_FILE)) < SOCKET_PATH_LIMIT
    assert home.sockets == Home.at("/" + "x" * length).sockets
    if length < 60:
        assert home.sockets == home.root / "run"
    if length > 120:
        assert home.sockets != Home.at("/" + "y" * length).sockets


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, 65534)
        with pytest.raises(Unavailable, match="belongs to"):
            Home.at(tmp_path).create()
        os.chown(tmp_path, 0, 0)
    else:
        with pytest.raises(Unavailable, match="belongs to root"):
            Home.at("/usr").create()
        with pytest.raises(Unavailable, match="can't be written"):
            Home.at("/usr/upwell-test").create()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(Unavailable, match="can't be used"):
        Home.at(tmp_path / "home").create()


def test_demo_mark(tmp_path: Path) -> None:
    home = Home.at(tmp_path).create()
    assert not home.is_demo
    home.mark_as_demo()
    assert home.is_demo
