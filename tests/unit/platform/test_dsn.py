"""Log-ins to databases, and what DATABASE_URL may look like."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from upwell.base.errors import BadInput
from upwell.platform.database import django_databases, resolve
from upwell.platform.dsn import Dsn
from upwell.platform.home import Home
from upwell.platform.postgres.external import from_url


def test_passwords_are_not_shown() -> None:
    login = Dsn("upwell", "owner", "very secret", "/run")
    assert "very secret" not in repr(login)
    target, environment = login.for_tools()
    assert "very secret" not in target
    assert environment["PGPASSWORD"] == "very secret"


def test_url() -> None:
    login = from_url("postgresql://o%40x:p%2Fw@db.example:6000/clinic?sslmode=require")
    assert (login.user, login.password, login.host, login.port, login.dbname) == (
        "o@x",
        "p/w",
        "db.example",
        "6000",
        "clinic",
    )
    assert login.kwargs()["sslmode"] == "require"
    assert login.django()["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    "text", ["mysql://x/y", "postgresql://host/db", "postgresql://user@host", "what", "://"]
)
def test_url_that_can_not_be(text: str) -> None:
    with pytest.raises(BadInput) as refusal:
        from_url(text)
    assert refusal.value.path == "DATABASE_URL"


def test_external_log_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home.at(tmp_path).create()
    home.secret("app")
    monkeypatch.setenv("DATABASE_URL", "postgresql://o:p@db.example/clinic?sslmode=require")
    databases = resolve(home)
    assert not databases.embedded
    assert databases.app.user == "upwell_app"
    assert databases.app.password == home.secret("app")
    assert databases.app.host == "db.example"
    assert databases.app.extra == (("sslmode", "require"),)
    monkeypatch.setenv("DATABASE_APP_URL", "postgresql://other:q@db.example/clinic")
    assert resolve(home).app.user == "other"


def test_for_django(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    home = Home.at(tmp_path / "absent")
    databases = django_databases(home)
    assert databases["default"]["USER"] == "upwell_app"
    assert databases["owner"]["USER"] == "upwell_owner"
    assert databases["default"]["CONN_MAX_AGE"] == 0
    assert "pool" not in databases["default"]["OPTIONS"]  # a command holds one connection; only pages share
    assert not home.exists


def test_importing_is_cheap() -> None:
    code = (
        "import sys, upwell.platform.database, upwell.platform.serve\n"
        "import upwell.platform.doctor, upwell.platform.backup\n"
        "print([name for name in ('django', 'psycopg', 'granian', 'starlette') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
