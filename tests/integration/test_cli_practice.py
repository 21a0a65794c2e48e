"""Commands that run on what a practice adopted, propose to it, and load its licensed wording."""

from __future__ import annotations

import json
from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from upwell.access.acting import acting_as
from upwell.knowledge.edition import packaged
from upwell.office.knowledge.actions import adopt
from upwell.people.models import ItemText, KnowledgeEdition
from upwell.platform.cli import app, shared

pytestmark = pytest.mark.django_db
FILE = "gates/predose.toml"
FACTS = json.dumps(
    {
        "at": "2026-03-02T10:00:00-05:00",
        "substance": "esketamine",
        "route": "intranasal",
        "vitals": [{"at": "2026-03-02T09:50:00-05:00", "heart_rate_bpm": 105}],
    }
)
HERE = ["--practice", "Harbor Clinic", "--json"]


@pytest.fixture(autouse=True)
def _database_of_the_tests(monkeypatch):
    monkeypatch.setattr(shared, "with_database", lambda *_args, **_words: nullcontext())


def run(*words):
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def policies(tmp_path):
    """A folder with one file that is another one."""
    (tmp_path / "gates").mkdir()
    text = packaged().texts[FILE].replace("above = 110 }] }", "above = 100 }] }", 1)
    (tmp_path / FILE).write_text(text, "utf-8")
    return tmp_path


def test_propose_look_sign_and_the_gate_runs_on_it(practice, staff, policies):
    said = json.loads(run("knowledge", "diff", str(policies), *HERE).stdout)
    assert [one["fact"] for one in said["facts"]] == ["rules/predose.heart-rate"]
    done = run("knowledge", "propose", str(policies), "--note", "Look first.", *HERE)
    assert done.exit_code == 0, done.output
    version = json.loads(done.stdout)["knowledge_version"]
    before = json.loads(run("gate", "predose", FACTS, *HERE).stdout)
    assert before["knowledge_version"] == packaged().version
    director = staff("medical-director")
    with acting_as(director):
        adopt(by=director, version=version, number=1, name="Ines Moreau", policies_seen=True)
    after = json.loads(run("gate", "predose", FACTS, *HERE).stdout)
    assert after["knowledge_version"] == version
    rules = [{one["rule"] for one in said["findings"]} for said in (before, after)]
    assert ["predose.heart-rate" in one for one in rules] == [False, True]
    alone = json.loads(run("gate", "predose", FACTS, "--json").stdout)
    assert alone["knowledge_version"] == packaged().version
    assert json.loads(run("screen", FACTS, *HERE).stdout)["knowledge_version"] == version
    assert json.loads(run("score", "phq-2", "--answers", '{"1": 1, "2": 1}', *HERE).stdout)["total"] == 2
    back = json.loads(run("knowledge", "diff", *HERE).stdout)  # from what was adopted to what ships
    assert back["facts"][0]["lines"][0] == {
        "key": "when/any/vitals.heart_rate_bpm (2)/above", "before": 100, "after": 110,
    }  # fmt: skip


def test_what_is_broken_is_not_proposed(practice, policies):
    (policies / FILE).write_text("kind = 1", "utf-8")
    result = run("knowledge", "propose", str(policies), "--note", "Look first.", *HERE)
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["path"].startswith(FILE)
    with acting_as(shared.system_for("job", practice, None)):
        assert not KnowledgeEdition.objects.filter(practice=practice).exists()


def test_licensed_wording_is_loaded(practice):
    words = json.dumps({"items": {str(n): f"Invented {n}" for n in range(1, 8)}})
    load = ("knowledge", "load-text", "isi", "--file", words)
    assert run(*load, *HERE).exit_code == 2  # by what right?
    done = run(*load, "--licence", "Invented letter.", *HERE)
    assert json.loads(done.stdout) == {"instrument": "isi", "number": 1, "items": 7}
    wrong = run("knowledge", "load-text", "isi", "--file", '{"items": {"1": "One"}}', "--licence", "x", *HERE)
    assert json.loads(wrong.stdout)["error"]["path"] == "items"
    assert run("knowledge", "load-text", "--schema").exit_code == 0
    assert run("knowledge", "load-text").exit_code == 2
    with acting_as(shared.system_for("job", practice, None)):
        assert ItemText.objects.count() == 1


@pytest.mark.parametrize(
    "words",
    [
        ["gate", "predose", FACTS],
        ["screen", FACTS],
        ["score", "phq-2", "--answers", "{}"],
        ["knowledge", "diff"],
    ],
)
def test_a_practice_that_is_none_is_refused(practice, words):
    result = run(*words, "--practice", "Nowhere", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["path"] == "--practice"
