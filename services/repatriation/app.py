"""The repatriation office: it writes the family `repatriation`."""

from __future__ import annotations

from infra.kernel.bench import Office

OFFICE = Office("repatriation", ("repatriation",))
