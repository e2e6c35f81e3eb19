"""The lake: where it lives, how its catalogue is attached, who may write, and the ledger that proves no row is lost."""

from creditlake.lake.attach import dbt_attachment, reading, writing
from creditlake.lake.lease import lease
from creditlake.lake.paths import LakePaths

__all__ = ["LakePaths", "dbt_attachment", "lease", "reading", "writing"]
