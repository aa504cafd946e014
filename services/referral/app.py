"""The referral office: it writes the families `referral` and `custody`, so that one writer keeps each chain."""

from __future__ import annotations

from infra.kernel.bench import Office

OFFICE = Office("referral", ("referral", "custody"))
