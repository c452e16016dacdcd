"""Invented invoices to try a labeling job on: drawn as PDF and picture, with the truth about each."""

from groundtruth.invoices.drawing import FIELDS, DrawnInvoice, draw_invoices, write_manifest
from groundtruth.invoices.scanning import ValueBox

__all__ = ["FIELDS", "DrawnInvoice", "ValueBox", "draw_invoices", "write_manifest"]
