"""The audit office: it follows every family, judges each acceptance again, and keeps the log."""

from __future__ import annotations

from infra.kernel.bench import Office

OFFICE = Office("audit", ("audit",), follows=False)
FAMILIES = ("intake", "justice", "referral", "custody", "repatriation", "audit")
EVENTS = tuple(f"{family}.events.v1" for family in FAMILIES)
ANSWERS = tuple(f"{family}.answers.v1" for family in FAMILIES)
SUBMISSIONS = tuple(f"{family}.submissions.v1" for family in FAMILIES)
