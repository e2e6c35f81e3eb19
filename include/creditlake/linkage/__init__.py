"""The linkage benchmark and the training of the linkage model: synthetic worlds whose truth is known, and FEBRL's.

``model``, ``training``, ``alone`` and ``febrl`` need Splink (extra ``bench``), nothing else does: a build links in SQL
(docs/decisions/0027).
"""

from creditlake.linkage.designs import DESIGNS, Figures, figures
from creditlake.linkage.scratch import build_ladder, homophones_of_seed, write_world

__all__ = ["DESIGNS", "Figures", "build_ladder", "figures", "homophones_of_seed", "write_world"]
