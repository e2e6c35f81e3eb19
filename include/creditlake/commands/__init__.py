"""What each command does. A command prints its answer on stdout, its reasons on stderr, and returns its exit code."""

from creditlake.commands.bench import bench_identity, bench_train
from creditlake.commands.comparing import diff
from creditlake.commands.failure import Failed
from creditlake.commands.feed import feed_check, feed_new
from creditlake.commands.keeping import backup, docs, fsck, maintain, rebuild, restore
from creditlake.commands.making import generate, run
from creditlake.commands.quarantine import quarantine, replay, waive
from creditlake.commands.reading import explain, releases, rollback, status, verify
from creditlake.commands.reporting import report
from creditlake.commands.review import review_list
from creditlake.commands.stopping import STOPPED
from creditlake.commands.submitting import submit
from creditlake.commands.watch import watch_list, watch_move

__all__ = [
    "STOPPED",
    "Failed",
    "backup",
    "bench_identity",
    "bench_train",
    "diff",
    "docs",
    "explain",
    "feed_check",
    "feed_new",
    "fsck",
    "generate",
    "maintain",
    "quarantine",
    "rebuild",
    "releases",
    "replay",
    "report",
    "restore",
    "review_list",
    "rollback",
    "run",
    "status",
    "submit",
    "verify",
    "waive",
    "watch_list",
    "watch_move",
]
