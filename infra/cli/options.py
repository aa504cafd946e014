"""Options that several commands share."""

from __future__ import annotations

import click

AUDITOR = "kh-cncc"
"""The agency with the role oversight as which the audit record is read where no other is named."""

as_auditor = click.option(
    "--as", "agency", default=AUDITOR, show_default=True, metavar="AGENCY", help="Ask as this agency."
)
