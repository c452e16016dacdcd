"""How far workers agree with one another, apart from what is made of their answers: counts that add up over batches, and their coefficients."""

from consolidation.agreement.coefficients import (
    Measure,
    cohen_kappa,
    fleiss_kappa,
    interval_alpha,
    nominal_alpha,
)
from consolidation.agreement.counts import AgreementCounts, merged
from consolidation.agreement.report import report

__all__ = [
    "AgreementCounts",
    "Measure",
    "cohen_kappa",
    "fleiss_kappa",
    "interval_alpha",
    "merged",
    "nominal_alpha",
    "report",
]
