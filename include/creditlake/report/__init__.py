"""The public credit report of one subject: printable HTML in Chinese, made from a release's marts alone."""

from creditlake.report.dossier import Dossier
from creditlake.report.page import report_page
from creditlake.report.reading import DamagedRelease, UnknownSubject, read_dossier

__all__ = ["Dossier", "DamagedRelease", "UnknownSubject", "read_dossier", "report_page"]
