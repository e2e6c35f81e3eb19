"""The lake: where it lives, how its catalogue is attached, who may write, and the ledger that proves no row is lost."""

from creditlake.lake.attach import dbt_attachment, reading, writing
from creditlake.lake.lease import lease
from creditlake.lake.paths import LakePaths
from creditlake.lake.writer import Writer

__all__ = ["LakePaths", "Writer", "dbt_attachment", "lease", "reading", "writing"]
