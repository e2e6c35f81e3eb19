"""What leaves the lake when a record has ended, what stays of it, and how it comes back (docs/decisions/0022).

dbt decides what has ended (``int_ended_records``); here its rows go and leave a line without content in
``ops.sealed_rows``. When something new comes about such a record, its rows return from the vault before the next build.
"""

from creditlake.erasing.rows import Ending, EraseFailed, choose, endings, erase_rows
from creditlake.erasing.vault import LookedBack, VaultLacks, bring_back, received_sql, refuse_looking_back

__all__ = [
    "Ending",
    "EraseFailed",
    "LookedBack",
    "VaultLacks",
    "bring_back",
    "choose",
    "endings",
    "erase_rows",
    "received_sql",
    "refuse_looking_back",
]
