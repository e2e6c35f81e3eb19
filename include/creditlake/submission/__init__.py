"""Handing up: what the regional platform must be told of a period, in the standard's own columns (decision 0014)."""

from creditlake.submission.receipt import BadReceipt, Before, before_day, read_receipt
from creditlake.submission.submit import Submission, SubmissionRefused, submit

__all__ = ["BadReceipt", "Before", "Submission", "SubmissionRefused", "before_day", "read_receipt", "submit"]
