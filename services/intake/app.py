"""The intake office: it writes the families `intake` and `justice`."""

from __future__ import annotations

from infra.kernel.bench import Office

OFFICE = Office("intake", ("intake", "justice"))
