"""Releases: the only thing consumers read. Audit, then publish in one atomic step; verify, list, roll back."""

from creditlake.release.publish import AuditFailed, publish, rollback
from creditlake.release.seal import why_sealed
from creditlake.release.store import NoRelease, Release, current, list_releases, load_release
from creditlake.release.verify import verify

__all__ = [
    "AuditFailed",
    "NoRelease",
    "Release",
    "current",
    "list_releases",
    "load_release",
    "publish",
    "rollback",
    "verify",
    "why_sealed",
]
