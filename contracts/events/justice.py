"""Justice: what the criminal side tells of a case, in parallel; the child's case never waits on it.

Its two shared events are here. Complaint, measures, testimony and verdict are declared with the rules that judge them.
"""

from __future__ import annotations

from ._base import Correction, Deadline, Kind, event


@event("justice.corrected", kind=Kind.FACT)
class Corrected(Correction):
    """An earlier event of this family was wrong; said by the agency that sent it."""


@event("justice.deadline-passed", kind=Kind.FACT)
class DeadlinePassed(Deadline):
    """Something due in this family did not happen in time; said by the service."""
