"""What changed of one subject between two releases, and why: the same comparison that makes mart_profile_deltas."""

from creditlake.diff.difference import CannotCompare, Change, Difference, difference
from creditlake.diff.telling import told

__all__ = ["CannotCompare", "Change", "Difference", "difference", "told"]
