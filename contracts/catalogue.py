"""The committed JSON Schemas of every event's data, generated from the models.

python -m contracts.catalogue           write them
python -m contracts.catalogue --check   exit 1 when the committed files differ from the models
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from .events import EVENTS, EventType

FOLDER = Path(__file__).parent / "schemas"
"""Where the schemas are committed: `<family>/<name>.v<version>.json`."""

COMMENT = "Generated from the models by 'python -m contracts.catalogue'; do not edit."


class _Untitled(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema(kind: EventType) -> dict[str, Any]:
    """The JSON Schema 2020-12 of one type's data. Its `$id` is the CloudEvents type.

    `x-kind` says whether the event is a fact or a proposal, `x-parties` which members name an agency, and `x-told`
    which of those agencies are handed it. Members that it does not list are allowed, because readers ignore what they
    do not know.
    """
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": kind.type,
        "$comment": COMMENT,
        "x-kind": kind.kind.value,
        "x-parties": list(kind.parties),
        "x-told": list(kind.told),
        **kind.model.model_json_schema(schema_generator=_Untitled),
    }


def catalogue() -> dict[str, str]:
    """The text of every schema file, by its path under the folder."""
    return {
        f"{kind.family}/{kind.name}.v{kind.version}.json": json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"
        for kind in EVENTS.values()
    }


def differences(folder: Path = FOLDER) -> tuple[str, ...]:
    """The paths that are missing, differ from the models, or belong to no type (any more); empty when all is well."""
    wanted = catalogue()
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.glob("*/*.json")}
    return tuple(sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path)))


def write(folder: Path = FOLDER) -> tuple[str, ...]:
    """Bring the folder up to date and say which paths were written or removed."""
    changed = differences(folder)
    wanted = catalogue()
    for path in changed:
        target = folder / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted[path], "utf-8")
        else:
            target.unlink()
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: up to date, or written. 1: `--check` found differences. 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m contracts.catalogue", description="JSON Schemas of every event")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a committed file differs")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where the schemas are (default: beside the models)"
    )
    options = parser.parse_args(arguments)
    changed = differences(options.folder) if options.check else write(options.folder)
    for path in changed:
        print(f"{'differs' if options.check else 'changed'}: {path}")
    if options.check and changed:
        print("Run 'python -m contracts.catalogue' and commit what it writes.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
