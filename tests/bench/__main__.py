"""``make bench``: what an event costs. Figures of one run are compared with each other, never with a fixed number.

Processor time is given in signature checks (Ed25519 by libsodium), the whole network beside a bare path through
the same servers: both are ratios, so that two machines, or two states of one, can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from infra.cli.output import Output

from .parts import parts
from .servers import bare, whole


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--json", action="store_true", help="the figures as JSON")
    asked.add_argument("--no-servers", action="store_true", help="the parts alone, without Kafka and PostgreSQL")
    options = asked.parse_args()
    output = Output(options.json)
    found = parts()
    unit = found["one signature check"]
    rows = [[name, f"{spent:.1f} µs", f"{spent / unit:.2f}"] for name, spent in found.items()]
    output.table(["part, for one event", "processor", "signature checks"], rows)
    result: dict[str, object] = {"parts_us": {name: round(spent, 2) for name, spent in found.items()}}
    if not options.no_servers:
        with output.progress() as progress, tempfile.TemporaryDirectory(prefix="safepassage-bench-") as directory:
            simple = asyncio.run(bare(Path(directory) / "bare", progress))
            network = asyncio.run(whole(Path(directory) / "whole", progress))
        output.say()
        for name, cost in (
            ("bare path (in, one check, one row, out)", simple),
            ("whole network, with agencies", network),
        ):
            rows.append([name, f"{cost.rate:,.0f}", f"{cost.each:,.0f} µs", f"{cost.each / unit:.1f}"])
            result[name.partition(" (")[0]] = {
                "events": cost.events,
                "seconds": cost.seconds,
                "processor_us": cost.each,
            }
        columns = ["on servers", "events/s", "all processors, an event", "signature checks"]
        output.table(columns, rows[len(found) :])
        output.say(f"\nwhole : bare, in processor time = {network.each / simple.each:.1f} : 1")
        output.say("services at their largest: " + ", ".join(f"{it} {mb:.0f} MB" for it, mb in network.memory.items()))
        result |= {"whole_to_bare": network.each / simple.each, "memory_mb": network.memory}
    output.data(result)


if __name__ == "__main__":
    main()
