"""A report of a labeling job as one HTML page: every document with its label and its workers' answers, and what the answers tell of both."""

from groundtruth.report.model import Report
from groundtruth.report.reading import ReportSettings, read_report
from groundtruth.report.render import ReportParts, render_report, report_parts

__all__ = ["Report", "ReportParts", "ReportSettings", "read_report", "render_report", "report_parts"]
