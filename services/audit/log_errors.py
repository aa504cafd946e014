"""What can be wrong with the log, for both of its sides."""

from __future__ import annotations


class LogError(Exception):
    """The log cannot do this: the message says why, and nothing has been written."""


class LogDamaged(LogError):
    """What is stored is not what was appended or signed: stop, touch nothing, and compare with a witness."""


class Superseded(LogError):
    """Another sequencer has taken over since this one began: end this process, and start it anew if that was meant."""


class NoSuchTree(LogError):
    """The log has no such entry, or has not had this size yet: ask for an index below a size that it has reached."""
