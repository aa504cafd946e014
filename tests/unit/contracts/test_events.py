"""The event types: each declared once, and none with a place for a word of free text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from contracts import catalogue, fields
from contracts.events import (
    EVENTS,
    FAMILIES,
    EventData,
    EventType,
    Kind,
    custody,
    event,
    intake,
    repatriation,
    unknown_members,
)

FACTS = {
    "intake": "report-received screening-recorded risk-assessed child-informed consent-withdrawn "
    "withdrawal-acknowledged glass-broken",
    "justice": "complaint-filed investigation-opened protective-measures-taken legal-aid-appointed testimony-given "
    "verdict-given",
    "referral": "received started completed failed",
    "custody": "opened handover-released handover-received handover-failed emergency-placed entrusted missing-reported "
    "found taken-over died ended emergency-assessed",
    "repatriation": "views-heard family-assessed risk-assessed travel-document-issued transit-entered border-crossed "
    "received follow-up-made",
    "audit": "finding-raised",
}
PROPOSALS = {
    "intake": "identification-decided age-determined interim-care-arranged cases-linked cases-unlinked match-asked "
    "match-answered consent-given case-reopened case-closed shut-out-ordered shut-out-lifted glass-reviewed",
    "justice": "testimony-scheduled assistance-requested assistance-answered",
    "referral": "requested waitlisted answered identity-disclosed cancel-requested cancel-answered closed",
    "custody": "handover-offered handover-accepted handover-declined dispute-resolved",
    "repatriation": "tracing-requested tracing-answered best-interests-determined requested counterpart-answered "
    "request-completed "
    "travel-scheduled reintegration-planned closed local-solution-decided",
    "audit": "finding-answered finding-resolved finding-reopened",
}
ID = "01200000-0000-7abc-8def-0123456789ab"
TYPES = [pytest.param(kind, id=kind.type) for kind in EVENTS.values()]


def test_every_type_is_declared_once_and_as_fact_or_proposal() -> None:
    wanted = {f"{family}.{name}": Kind.FACT for family in FACTS for name in FACTS[family].split()}
    wanted |= {f"{family}.{name}": Kind.PROPOSAL for family in PROPOSALS for name in PROPOSALS[family].split()}
    wanted |= {f"{family}.{name}": Kind.FACT for family in FAMILIES for name in ("corrected", "deadline-passed")}
    wanted |= {f"{family}.deletion-acknowledged": Kind.FACT for family in FAMILIES if family != "audit"}
    assert {f"{kind.family}.{kind.name}": kind.kind for kind in EVENTS.values()} == wanted
    assert all(name == f"safepassage.{kind.family}.{kind.name}.v1" == kind.type for name, kind in EVENTS.items())
    assert len({kind.model for kind in EVENTS.values()}) == len(EVENTS)
    assert all(kind.type == kind.model.TYPE for kind in EVENTS.values())


def test_a_type_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="new version"):
        event("custody.opened", kind=Kind.PROPOSAL)(custody.Opened)
    assert EVENTS[custody.Opened.TYPE].kind is Kind.FACT


@pytest.mark.parametrize("kind", TYPES)
def test_every_model_says_what_happened(kind: EventType) -> None:
    assert len((kind.model.__dict__.get("__doc__") or "").split()) >= 6


# ── no free text ──


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every JSON Schema object within a schema."""
    if isinstance(schema, dict):
        if "type" in schema or "enum" in schema or "const" in schema:
            yield schema
        for part in schema.values():
            yield from nodes(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from nodes(part)


def unbounded(node: dict[str, Any]) -> bool:
    match node.get("type"):
        case "string":
            pattern = node.get("pattern", "")
            bounded = pattern.startswith("^") and pattern.endswith("$") and node.get("maxLength", 1000) <= 64
            return not (bounded or "enum" in node or "const" in node)
        case "integer":
            return not {"minimum", "maximum"} <= node.keys()
        case "array":
            return "maxItems" not in node
        case "object":
            return "additionalProperties" in node or "properties" not in node
        case "boolean" | "null":
            return False
        case _:
            return True


@pytest.mark.parametrize("kind", TYPES)
def test_no_string_is_unpatterned_and_nothing_is_unbounded(kind: EventType) -> None:
    assert [node for node in nodes(catalogue.schema(kind)) if unbounded(node)] == []


def test_the_search_for_unbounded_fields_finds_them() -> None:
    class Loose(EventData):
        story: str
        patterned: str = Field(pattern="^[a-z]+$")
        count: int
        names: tuple[fields.Country, ...]
        notes: dict[str, fields.Country]
        weight: float

    assert len([node for node in nodes(Loose.model_json_schema()) if unbounded(node)]) == 6


EXAMPLES = {
    "AgencyId": "kh-dosvy-banteay-meanchey",
    "Country": "KH",
    "EventId": ID,
    "Digest": "A" * 43,
    "Province": "01",
    "Language": "km",
    "Corridor": "kh-th",
    "InstrumentId": "kh-th-criminal-justice",
    "RuleId": "D107-48H",
    "DocumentRef": "MOSVY/123/2009",
    "Month": "2009-11",
    "CaseCode": fields.case_code(ID),
    "Instant": "2009-12-03T10:00:00+07:00",
    "Day": "2009-12-03",
}
BY_PATTERN = {
    TypeAdapter(getattr(fields, name)).json_schema()["pattern"]: example for name, example in EXAMPLES.items()
}


def example(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A value that a schema allows, every optional member given."""
    if "$ref" in schema:
        return example(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][-1]
    match schema["type"]:
        case "object":
            return {name: example(part, root) for name, part in schema["properties"].items()}
        case "array":
            return [example(schema["items"], root)]
        case "integer":
            return schema["minimum"]
        case "boolean":
            return True
    return BY_PATTERN[schema["pattern"]]


def data_of(kind: EventType) -> dict[str, Any]:
    schema = kind.model.model_json_schema()
    found = example(schema, schema)
    assert isinstance(found, dict)
    return found


def read(kind: EventType, data: Any) -> EventData:
    return kind.model.model_validate_json(json.dumps(data), strict=True)


def with_each_text(value: Any, change: Any) -> Iterator[Any]:
    """Copies of a JSON value, each with one of its strings changed."""
    if isinstance(value, str):
        yield change(value)
    elif isinstance(value, dict):
        for name, part in value.items():
            for changed in with_each_text(part, change):
                yield {**value, name: changed}
    elif isinstance(value, list):
        for index, part in enumerate(value):
            for changed in with_each_text(part, change):
                yield [*value[:index], changed, *value[index + 1 :]]


@pytest.mark.parametrize("kind", TYPES)
def test_a_full_event_is_read_and_written_alike(kind: EventType) -> None:
    data = data_of(kind)
    model = read(kind, data)
    assert json.loads(model.model_dump_json()) == data
    assert read(kind, json.loads(model.model_dump_json(exclude_none=True, exclude_defaults=True))) == model


@pytest.mark.parametrize("kind", TYPES)
def test_the_facts_are_small(kind: EventType) -> None:
    schema = kind.model.model_json_schema()
    required = {name: example(schema["properties"][name], schema) for name in schema.get("required", ())}
    assert len(json.dumps(required, separators=(",", ":"))) < 400
    read(kind, required)


BAD = {
    "NUL before": lambda text: "\0" + text,
    "NUL within": lambda text: text[:1] + "\0" + text[1:],
    "NUL after": lambda text: text + "\0",
    "newline after": lambda text: text + "\n",
    "DEL after": lambda text: text + "\x7f",
    "C1 control after": lambda text: text + "\x85",
    "line separator after": lambda text: text + "\u2028",
    "space after": lambda text: text + " ",
    "other digits": lambda text: "\u17e1" + text[1:],
    "a name": lambda text: "Sok Dara",
    "a Khmer name": lambda text: "\u179f\u17bb\u1781",
    "nothing": lambda text: "",
    "10,000 letters": lambda text: "a" * 10_000,
}


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("change", BAD.values(), ids=BAD)
def test_control_characters_and_free_text_are_refused_everywhere(kind: EventType, change: Any) -> None:
    changed = list(with_each_text(data_of(kind), change))
    assert len(changed) >= 6
    for data in changed:
        with pytest.raises(ValidationError):
            read(kind, data)


@pytest.mark.parametrize("kind", TYPES)
def test_a_member_that_readers_ignore_is_named_to_the_hub(kind: EventType) -> None:
    data = {**data_of(kind), "name": "Sok Dara"}
    assert unknown_members(read(kind, data), data) == ("name",)
    assert unknown_members(read(kind, data_of(kind)), data_of(kind)) == ()


# ── parties ──


def named(data: EventData) -> tuple[str, ...]:
    return EVENTS[data.TYPE].named(data)


def taken_over(from_agency: str, to: str) -> custody.TakenOver:
    return custody.TakenOver.model_validate(
        {
            "custody": ID,
            "from_agency": from_agency,
            "to": to,
            "reason": "neglect",
            "ordered_by": "court",
            "place_kind": "shelter",
            "on_behalf_of": "kh-moj",
        }
    )


def test_an_event_names_its_parties_each_once_and_not_its_speaker() -> None:
    received = {"request": ID, "from_country": "TH", "place_kind": "shelter", "condition": "well"}
    assert named(repatriation.Received.model_validate(received | {"from_agency": "th-msdhs"})) == ("th-msdhs",)
    kind = EVENTS[custody.TakenOver.TYPE]
    assert kind.agencies(taken_over("kh-ngo-a", "kh-mosvy")) == ("kh-ngo-a", "kh-mosvy")
    assert kind.agencies(taken_over("kh-mosvy", "kh-mosvy")) == ("kh-mosvy",)


def test_one_of_which_an_event_only_speaks_is_not_told() -> None:
    assert named(taken_over("kh-ngo-a", "kh-mosvy")) == ("kh-mosvy",)


def test_an_optional_party_that_is_not_given_is_not_named() -> None:
    found = {"custody": ID, "place_kind": "street", "condition": "well"}
    assert named(custody.Found.model_validate(found)) == ()
    assert named(custody.Found.model_validate({**found, "carer": "kh-cmp"})) == ("kh-cmp",)


def test_every_agency_but_the_speaker_is_a_party() -> None:
    form = TypeAdapter(fields.AgencyId).json_schema()["pattern"]
    for kind in EVENTS.values():
        properties = catalogue.schema(kind)["properties"]
        agencies = {name for name, part in properties.items() if form in json.dumps(part).replace("\\\\", "\\")}
        assert agencies - {"on_behalf_of"} == set(kind.parties), kind.type


# ── what is required ──


@pytest.mark.parametrize(
    ("type", "member"),
    [
        ("referral.identity-disclosed", "sealed_digest"),
        ("intake.corrected", "corrects"),
        ("custody.corrected", "corrects"),
        ("custody.handover-released", "to"),
        ("custody.handover-received", "from_agency"),
        ("custody.handover-received", "handover"),
        ("custody.handover-accepted", "custody"),
        ("referral.requested", "answer_by"),
        ("audit.finding-raised", "cause_digest"),
    ],
)
def test_what_a_receipt_or_a_disclosure_cannot_be_without(type: str, member: str) -> None:
    kind = EVENTS[f"safepassage.{type}.v1"]
    data = data_of(kind)
    for wrong in ({name: value for name, value in data.items() if name != member}, {**data, member: None}):
        with pytest.raises(ValidationError):
            read(kind, wrong)


@pytest.mark.parametrize(
    ("type", "member"),
    [
        ("custody.handover-offered", "risk_assessment"),
        ("custody.handover-offered", "determination"),
        ("custody.entrusted", "assessment"),
        ("repatriation.requested", "informed"),
        ("repatriation.requested", "instrument"),
        ("repatriation.best-interests-determined", "views"),
        ("repatriation.received", "request"),
    ],
)
def test_what_a_rule_asks_for_is_left_to_the_rule(type: str, member: str) -> None:
    kind = EVENTS[f"safepassage.{type}.v1"]
    assert getattr(read(kind, {name: part for name, part in data_of(kind).items() if name != member}), member) is None


def test_a_case_code_that_was_misheard_is_refused() -> None:
    kind = EVENTS[intake.ReportReceived.TYPE]
    data = data_of(kind)
    code = data["code"]
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(ValidationError, match="check character"):
        read(kind, {**data, "code": wrong})


def test_facts_cannot_be_changed_once_read() -> None:
    data = taken_over("kh-ngo-a", "kh-mosvy")
    with pytest.raises(ValidationError, match="frozen"):
        data.to = "kh-ngo-b"  # type: ignore[misc]
