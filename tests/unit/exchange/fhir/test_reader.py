"""Files as they come: NDJSON, Bundles, one resource, and everything that can be wrong with them."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from tests.unit.exchange.fhir.reading import read
from tests.unit.exchange.fhir.samples import bundle, condition, patient, practitioner, write_json, write_lines
from upwell.base.errors import BadInput
from upwell.exchange.fhir import bundle as bundles
from upwell.exchange.fhir import reader
from upwell.exchange.fhir.bundle import Broken, read_entries, read_head
from upwell.exchange.fhir.desk import Refused
from upwell.exchange.fhir.files import find_files

BOTH = {("Patient", "p1"), ("Condition", "c1")}


def lines(*resources) -> bytes:
    return b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)


class TestDoubles:
    """An element that stands twice in one object is refused; what merely looks like it is read."""

    @pytest.mark.parametrize("note", ['":', '"id":"x"', '" : "id" :', "a:b", "\\u0022:", "\\\\"])
    def test_a_text_that_looks_like_a_name_is_none(self, note):
        resource = patient() | {"note": note, "other": [{"note": note}, {"note": note}]}
        for text in (json.dumps(resource), json.dumps(resource, indent=1, separators=(" ,", "  : "))):
            assert reader.parse(text.encode()) == resource

    def test_in_the_head_of_a_bundle(self):
        text = b'{"resourceType":"Bundle","type":"batch","type":"collection","entry":[]}'
        with pytest.raises(Broken, match="“type” twice"):
            list(read_entries(io.BytesIO(text)))

    def test_in_an_entry(self, tmp_path):
        entry = b'{"fullUrl":"urn:a","fullUrl":"urn:b","resource":{"resourceType":"Patient","id":"p1"}}'
        (tmp_path / "b.json").write_bytes(
            b'{"resourceType":"Bundle","type":"collection","entry":[' + entry + b"]}"
        )
        found = read(tmp_path)
        assert "“fullUrl” twice" in found.refusals[0]


class TestLines:
    @pytest.mark.parametrize(
        "content",
        [
            lines(patient(), condition()),
            lines(patient(), condition()).rstrip(),  # no line end at the end
            lines(patient(), condition()).replace(b"\n", b"\r\n"),  # from Windows
            b"\xef\xbb\xbf" + lines(patient(), condition()),  # a BOM at the start
            b"\n\n" + lines(patient()) + b"  \n" + lines(condition()) + b"\n",  # blank lines
        ],
    )
    def test_are_read_however_they_end(self, tmp_path, content):
        (tmp_path / "all.ndjson").write_bytes(content)
        found = read(tmp_path)
        assert found.refusals == []
        assert found.keys == BOTH

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b'{"resourceType": "Patient", "id": ', "not valid JSON (it ends in the middle)"),
            (b'{"resourceType": "Patient" "id": 1}', "not valid JSON (column 28)"),
            (b"{'resourceType': 'Patient'}", "not valid JSON (column 2)"),
            (b'{"resourceType": "Patient", "id": "p2", "n": NaN}', "not valid JSON (column 46)"),
            (b'{"resourceType": "Patient", "id": "p2", "x": "\xff"}', "not valid UTF-8 (byte 47)"),
            (b'{"resourceType": "Patient", "id": "p2", "x": "\\ud800"}', "not valid JSON"),
            (b'{"resourceType": "Patient", "id": "p2", "x": "a\x00b"}', "holds a NUL character"),
            (b'{"resourceType": "Patient", "id": "p2", "x": ["\\u0000"]}', "holds a NUL character"),
            (b'{"resourceType": "Patient", "id": "p2", "\\u0000": 1}', "holds a NUL character"),
            (b'{"resourceType": "Patient", "id": "p2", "id": "p3"}', "the element “id” twice"),
            (b'{"resourceType":"Patient","id" : "p2","name":[{"use":"usual","use":"old"}]}', "“use” twice"),
            (b'{"resourceType":"Patient","id"  \t:"p2","id":"p3","x":"\\u0022:"}', "“id” twice"),
            (b'{"resourceType":"Patient","id":"p2","i\\u0064":"p3"}', "the element “id” twice"),
            (b'{"resourceType":"Patient","id":"p2","x y":1,"x y":2}', "an element twice"),
            (b"\xef\xbb\xbf" + json.dumps(patient("p2")).encode(), "byte order mark in the middle"),
            (b"[" * 2000, "nested too deeply"),
            (b"[]", "is not a JSON object"),
            (b"17", "is not a JSON object"),
            (b"resourceType,id", "not valid JSON (column 1)"),
        ],
    )
    def test_a_bad_line_is_named_with_its_place(self, tmp_path, line, reason):
        (tmp_path / "Patient.ndjson").write_bytes(lines(patient()) + line + b"\n" + lines(condition()))
        found = read(tmp_path)
        assert found.keys == BOTH
        [refusal] = found.report.refusals
        assert (refusal.place.file, refusal.place.line) == ("Patient.ndjson", 2)
        assert reason in refusal.reason

    def test_an_escaped_backslash_before_u0000_is_no_nul(self, tmp_path):
        write_lines(tmp_path / "a.ndjson", patient(note="C:\\u0000"))
        assert read(tmp_path).refusals == []

    @pytest.mark.parametrize(
        "deep",
        [
            "[" * 150 + "]" * 150,
            '{"a":' * 150 + "1" + "}" * 150,
            '[{"resourceType": "Organization", "contained": ' * 150 + "[]" + "}]" * 150,
        ],
    )
    def test_a_line_that_is_nested_too_deeply_is_refused_and_the_next_one_read(self, tmp_path, deep):
        for name in ("extension", "contained", "identifier"):
            bad = json.dumps(condition("c0"))[:-1] + f', "{name}": {deep}}}\n'
            (tmp_path / "p.ndjson").write_bytes(bad.encode() + lines(patient(), condition()))
            found = read(tmp_path)
            assert found.keys == BOTH
            assert found.refusals == ["p.ndjson, line 1: is nested deeper than 100 levels"]

    def test_a_line_that_is_too_long_is_refused_and_the_next_one_read(self, tmp_path, monkeypatch):
        monkeypatch.setattr(reader, "LARGEST_RESOURCE", 2000)
        long = patient("p2", text={"div": "x" * 5000})
        write_lines(tmp_path / "a.ndjson", long, patient(), long | {"id": "p3"})
        found = read(tmp_path)
        assert found.keys == {("Patient", "p1")}
        assert [refusal.place.line for refusal in found.report.refusals] == [1, 3]

    def test_the_first_refusal_stops_the_import(self, tmp_path):
        write_lines(tmp_path / "a.ndjson", patient(), patient("p2", gender="F"), "{")
        with pytest.raises(Refused) as stopped:
            read(tmp_path, keep_going=False)
        assert stopped.value.message.startswith(
            "a.ndjson, line 2: Patient/p2 gender: is not one of the codes"
        )
        assert "Nothing was imported." in stopped.value.message
        assert stopped.value.path == "a.ndjson:2"

    def test_a_bundle_on_a_line_is_opened(self, tmp_path):
        write_lines(
            tmp_path / "a.ndjson", practitioner(), bundle(patient(), condition(of="urn:uuid:p1"), "x")
        )
        found = read(tmp_path)
        assert found.keys == BOTH | {("Practitioner", "d1")}
        assert [str(refusal.place) for refusal in found.report.refusals] == ["a.ndjson, entry 3, line 2"]

    def test_log_and_manifest_of_an_export_are_left_aside(self, tmp_path):
        write_lines(tmp_path / "log.ndjson", {"exportId": "1", "eventId": "kickoff"})
        write_json(tmp_path / "manifest.json", {"transactionTime": "2020-01-02T10:00:00Z", "output": []})
        write_lines(tmp_path / "p.ndjson", patient())
        found = read(tmp_path)
        assert found.refusals == []
        assert found.report.not_used == {"(export log)": 1, "(export manifest)": 1}


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "is empty"),
            (b"\n \n", "is empty"),
            (b"\xef\xbb\xbf", "is empty"),
            (json.dumps(patient()).encode("utf-16"), "UTF-16"),
            (b"\x1f\x8b\x08\x00rest", "is compressed"),
            (b"<html>Log in</html>", "is XML or HTML"),
        ],
    )
    def test_a_file_that_says_nothing_is_refused(self, tmp_path, content, reason):
        (tmp_path / "p.ndjson").write_bytes(content)
        [refusal] = read(tmp_path).report.refusals
        assert refusal.place.file == "p.ndjson"
        assert reason in refusal.reason

    def test_a_folder_is_read_with_its_subfolders_and_says_what_it_leaves(self, tmp_path):
        (tmp_path / "sub").mkdir()
        write_lines(tmp_path / "sub" / "Patient.000.ndjson", patient())
        write_json(tmp_path / "c.json", bundle(condition()))
        (tmp_path / "README.md").write_text("read me")
        (tmp_path / ".hidden.ndjson").write_text("not even JSON")
        found = find_files(tmp_path)
        assert [source.name for source in found.sources] == ["c.json", "sub/Patient.000.ndjson"]
        assert found.ignored == ("README.md",)
        assert read(tmp_path).keys == BOTH

    def test_a_name_that_is_no_text_is_read_and_shown(self, tmp_path):
        write_lines(tmp_path / os.fsdecode(b"\xff.ndjson"), patient(), condition(of="Patient/absent"))
        assert read(tmp_path).refusals[0].startswith("\\udcff.ndjson, line 2: Condition/c1")

    def test_a_link_to_a_folder_is_named_and_not_followed(self, tmp_path):
        write_lines(tmp_path / "p.ndjson", patient())
        (tmp_path / "round").symlink_to(tmp_path)
        found = find_files(tmp_path)
        assert [source.name for source in found.sources] == ["p.ndjson"]
        assert found.ignored == ("round/",)

    def test_a_link_that_leads_nowhere_is_refused(self, tmp_path):
        write_lines(tmp_path / "p.ndjson", patient())
        (tmp_path / "Condition.ndjson").symlink_to(tmp_path / "gone.ndjson")
        with pytest.raises(BadInput, match=r"Condition\.ndjson can't be read \(No such file"):
            find_files(tmp_path)

    def test_a_folder_that_is_closed_is_not_passed_over(self, tmp_path, monkeypatch):
        write_lines(tmp_path / "p.ndjson", patient())
        (tmp_path / "closed").mkdir()
        look = os.scandir

        def closed(path):
            if Path(path).name == "closed":
                raise PermissionError(13, "Permission denied", str(path))
            return look(path)

        monkeypatch.setattr(os, "scandir", closed)
        with pytest.raises(BadInput, match=r"closed can't be read \(Permission denied\)"):
            find_files(tmp_path)

    def test_nothing_to_read_is_said(self, tmp_path):
        with pytest.raises(BadInput, match="no file or folder"):
            find_files(tmp_path / "absent")
        with pytest.raises(BadInput, match=r"no \.ndjson or \.json file"):
            find_files(tmp_path)

    @pytest.mark.parametrize("name", ["Patient.ndjson.gz", "export.json.zip"])
    def test_packed_files_are_not_passed_over(self, tmp_path, name):
        write_lines(tmp_path / "p.ndjson", patient())
        (tmp_path / name).write_bytes(b"\x1f\x8b")
        with pytest.raises(BadInput, match="compressed"):
            find_files(tmp_path)
        with pytest.raises(BadInput, match="compressed"):
            find_files(tmp_path / name)

    def test_lines_under_the_name_of_a_document_and_the_reverse(self, tmp_path):
        write_lines(tmp_path / "lines.json", patient(), condition())
        write_json(tmp_path / "document.ndjson", bundle(practitioner()), indent=2)
        found = read(tmp_path)
        assert found.refusals == []
        assert found.keys == BOTH | {("Practitioner", "d1")}


class TestDocuments:
    @pytest.mark.parametrize("indent", [None, 2])
    @pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "document"])
    def test_a_bundle_is_read(self, tmp_path, kind, indent):
        write_json(tmp_path / "b.json", bundle(patient(), condition(), kind=kind), indent)
        found = read(tmp_path)
        assert (found.refusals, found.keys) == ([], BOTH)

    def test_one_resource_is_read(self, tmp_path):
        write_json(tmp_path / "p.json", patient(), indent=2)
        assert read(tmp_path / "p.json").keys == {("Patient", "p1")}

    def test_the_order_of_members_makes_no_difference(self, tmp_path):
        made = bundle(patient(), condition())
        write_json(tmp_path / "b.json", {name: made[name] for name in ("entry", "type", "resourceType")})
        found = read(tmp_path)
        assert (found.refusals, found.keys) == ([], BOTH)

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            ("history", "is not a kind of Bundle that is read"),
            ("message", "is not a kind"),
            (None, "is missing"),
        ],
    )
    def test_other_bundles_are_refused(self, tmp_path, kind, reason):
        write_json(tmp_path / "b.json", bundle(patient(), kind=kind))
        [refusal] = read(tmp_path).report.refusals
        assert (refusal.resource, refusal.field) == ("Bundle", "type")
        assert reason in refusal.reason

    def test_a_bundle_of_another_version_says_so_once(self, tmp_path):
        r5 = {"meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/Bundle|5.0.0"]}}
        write_json(tmp_path / "b.json", bundle(patient(), condition(), **r5))
        assert ["R5" in reason for reason in read(tmp_path).refusals] == [True]

    def test_a_bad_entry_is_named_with_its_number_and_line(self, tmp_path):
        write_json(tmp_path / "b.json", bundle(patient(), condition(code=5), patient("p2")), indent=1)
        found = read(tmp_path)
        assert found.keys == {("Patient", "p1"), ("Patient", "p2")}
        [refusal] = found.report.refusals
        text = (tmp_path / "b.json").read_text().splitlines()
        assert refusal.place.entry == 2
        assert '"resource"' in text[refusal.place.line - 1]
        assert text[refusal.place.line].strip() == '"resourceType": "Condition",'

    def test_a_file_that_was_cut_off_keeps_what_came_before(self, tmp_path):
        whole = json.dumps(bundle(patient(), condition(), patient("p2")))
        (tmp_path / "b.json").write_text(whole[: whole.index('"p2"') + 20])
        found = read(tmp_path)
        assert found.keys == BOTH
        [refusal] = found.report.refusals
        assert refusal.place.entry == 3
        assert "ends in the middle" in refusal.reason
        assert "nothing behind it can be read" in refusal.reason

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ('{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {]}', "not valid JSON"),
            ('{"resourceType": "Bundle", "type": "collection", "entry": [1, 2]}', "is not an object"),
            ('{"resourceType": "Bundle", "type": "collection", "entry": {}}', "not valid JSON"),
            ('{"resourceType": "Bundle", "type": "collection", "entry": []} more', "goes on after the end"),
            ('{"resourceType": "Bundle", "type": "collection", "entry": [], }', "not valid JSON"),
            ('{"resourceType": "Bundle", "type": "collection"', "ends in the middle"),
            ('{"resourceType": "Bundle", "type": "collection", "entry": ["\\u0000"]}', "is not an object"),
            ("[]", "neither a FHIR resource nor a Bundle"),
        ],
    )
    def test_a_broken_document_is_refused(self, tmp_path, text, reason):
        (tmp_path / "b.json").write_text(text)
        refusals = read(tmp_path).refusals
        assert refusals
        assert reason in refusals[0]

    @pytest.mark.parametrize(
        ("raw", "reason"), [(b'{"resourceType": "\xff"}', "not valid UTF-8"), (b'{"a": "\x00"}', "NUL")]
    )
    def test_broken_text_is_refused(self, tmp_path, raw, reason):
        (tmp_path / "b.json").write_bytes(raw)
        assert reason in read(tmp_path).refusals[0]

    def test_entries_without_a_resource_are_left_aside(self, tmp_path):
        made = bundle(patient(), kind="transaction")
        made["entry"] += [
            {"request": {"method": "DELETE", "url": "Patient/p9"}},
            {"response": {"status": "200"}},
        ]
        write_json(tmp_path / "b.json", made)
        found = read(tmp_path)
        assert found.refusals == []
        assert found.report.not_used == {"(deletion)": 1, "(entry without a resource)": 1}

    def test_a_page_of_a_search_says_that_others_follow(self, tmp_path):
        links = [{"relation": "self", "url": "x"}, {"relation": "next", "url": "y"}]
        write_json(tmp_path / "b.json", bundle(patient(), kind="searchset", link=links))
        assert list(read(tmp_path).report.not_used) == [
            "(a further page that the Bundle names but does not hold)"
        ]

    def test_an_entry_without_an_id_is_known_by_its_full_url(self, tmp_path):
        ident = "6a8b1f0e-0000-4000-8000-000000000001"
        made = bundle(condition(of=f"urn:uuid:{ident}"))
        made["entry"].append({"fullUrl": f"urn:uuid:{ident}", "resource": {**patient(), "id": None}})
        del made["entry"][1]["resource"]["id"]
        write_json(tmp_path / "b.json", made)
        found = read(tmp_path)
        assert found.refusals == []
        assert found.patients[("Condition", "c1")] == ("Patient", ident)

    def test_an_entry_whose_full_url_is_no_text_is_refused_and_the_next_one_read(self, tmp_path):
        whole = bundle(patient("p0"), patient())
        whole["entry"][0]["fullUrl"] = "urn:uuid:\ud800"
        found = read(write_json(tmp_path / "b.json", whole).parent)
        assert [key for key in found.keys if key[0] == "Patient"] == [("Patient", "p1")]
        assert "entry 1" in found.refusals[0]
        assert "half a character" in found.refusals[0]

    def test_a_bundle_inside_a_bundle_is_refused(self, tmp_path):
        write_json(tmp_path / "b.json", bundle(bundle(patient()), patient("p2")))
        found = read(tmp_path)
        assert found.keys == {("Patient", "p2")}
        assert "a Bundle inside a Bundle" in found.refusals[0]


class Trickle(io.BytesIO):
    """Gives one byte at a time, so that every border between two pieces is met."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(1)


def test_the_window_reads_the_same_in_pieces_of_any_size():
    made = bundle(patient(), condition(display='é 漢 😀 \\" ]}'), practitioner())
    text = json.dumps(made, indent=3, ensure_ascii=False)
    entries = [entry["resource"] for entry in made["entry"]]
    for stream in (io.BytesIO(text.encode()), Trickle(text.encode())):
        found = list(read_entries(stream))
        assert [json.loads(entry.text) for entry in found] == entries
        for entry in found:
            assert text.splitlines()[entry.line - 1].strip().startswith('"resource"')
    assert read_head(Trickle(text.encode())).kind == "Bundle"


def test_an_entry_that_is_too_large_is_refused_without_reading_it_all(monkeypatch):
    monkeypatch.setattr(bundles, "_CHUNK", 1000)
    made = bundle(patient(), condition(note=[{"text": "y" * 500_000}]), patient("p2"))
    stream = io.BytesIO(json.dumps(made).encode())
    monkeypatch.setattr(bundles.Window.__init__, "__defaults__", (20_000,))
    with pytest.raises(Broken, match="is larger than"):
        list(read_entries(stream))
    assert stream.tell() < 100_000
