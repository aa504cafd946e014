"""The real offices, as the simulation runs them: their own declarations, and the audit's own recorder."""

from __future__ import annotations

from collections.abc import Mapping

from infra.kernel.bench import Office
from infra.simulation.universe import Install, Node, install_office
from services.audit.app import ANSWERS, EVENTS
from services.audit.app import OFFICE as AUDIT
from services.audit.books import MemoryBooks
from services.audit.recorder import Recorder
from services.intake.app import OFFICE as INTAKE
from services.referral.app import OFFICE as REFERRAL
from services.repatriation.app import OFFICE as REPATRIATION


def offices(books: MemoryBooks) -> Mapping[Office, Install]:
    """Every office and how it is installed on a node; `books` outlive every copy of the audit service."""

    def install_audit(node: Node) -> None:
        install_office(node)
        recorder = Recorder(node.kernel, books, node.kernel.keyring)
        positions = node.store.stored_positions
        node.topics.subscribe((*EVENTS, *ANSWERS), "svc-audit.record", recorder.batch, positions)

    return {INTAKE: install_office, REFERRAL: install_office, REPATRIATION: install_office, AUDIT: install_audit}
