"""The repatriation office: it writes the family `repatriation`."""

from __future__ import annotations

from infra.kernel.judge import Office

OFFICE = Office("repatriation", ("repatriation",))
