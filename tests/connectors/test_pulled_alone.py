"""Two runs never pull one feed at once: the second says so and takes nothing; when the first has ended it goes on."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from creditlake.connectors.endpoint import SourceFailed
from creditlake.connectors.pulling import Errand, deliveries
from creditlake.lake import LakePaths

from tests.connectors.fault_server import Agency, serving
from tests.connectors.service_feed import AS_OF, BY_NUMBER, endpoint_at, feed_behind, rows_of, service


def test_a_feed_that_another_run_pulls_is_refused_until_that_one_has_ended(paths: LakePaths, tmp_path: Path) -> None:
    with serving(Agency(rows_of(5))) as port:
        errand = Errand(feed_behind(service(), BY_NUMBER), tmp_path, AS_OF, lambda connection: endpoint_at(port))
        (paths.inbox / "tax").mkdir(parents=True)
        other = os.open(paths.inbox / "tax", os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)

        with pytest.raises(SourceFailed, match="tax: another run is pulling it"):
            list(deliveries(paths, errand))
        os.close(other)

        assert [one.dataset for one in deliveries(paths, errand)] == ["ratings"]
