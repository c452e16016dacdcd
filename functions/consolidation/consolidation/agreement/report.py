"""What the counts come to: coefficients per field, per worker, per pair of workers, and of the whole job (docs/agreement.md)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from consolidation.agreement.coefficients import (
    NOTHING_SHARED,
    Measure,
    cohen_kappa,
    fleiss_kappa,
    interval_alpha,
    mean,
    nominal_alpha,
    share,
)
from consolidation.agreement.counts import FORMAT, MILLION, AgreementCounts, FieldCounts, PairCounts
from consolidation.settings import DOCUMENT_TYPE, INVOICE_BOXES

NO_TEXTS = "no two workers typed a text"
NO_BOXES = "no two workers answered an object on which one of them drew a box"
NO_MATCH = "no two boxes match"
TOO_MANY = (
    "too many different values are answered to count them; chance agreement is next to nothing, so see pair_agreement"
)
NOT_CLOSED = "the task has no field with a closed set of values, such as a currency"

Measures = dict[str, Measure]
_BOX_SUMS = ("drawn", "matched", "overlap")
_TEXT_SUMS = ("objects", "compared", "equal", "texts", "similarity")


def report(counts: AgreementCounts) -> dict[str, Any]:
    """The report as JSON. Every coefficient is `{"value", "weight"}`, and has a `why` where the value is null."""
    fields = {name: _field(one, counts.task_type) for name, one in sorted(counts.fields.items())}
    pairs = {pair: _pair(one, counts.task_type) for pair, one in sorted(counts.pairs.items())}
    told: dict[str, Any] = {"format": FORMAT, "task_type": counts.task_type}
    if counts.task_type == INVOICE_BOXES:
        told["iou"] = counts.iou
    return {
        **told,
        "objects": counts.objects,
        "answers": counts.answers,
        "job": _json(_job(counts, fields)),
        "fields": {name: _json(measures) for name, measures in fields.items()},
        "workers": _workers(counts, pairs),
        "pairs": [
            {"workers": list(pair), "objects": counts.pairs[pair].objects, **_json(measures)}
            for pair, measures in pairs.items()
        ],
    }


def _field(counts: FieldCounts, task_type: str) -> Measures:
    if task_type == INVOICE_BOXES:
        return _boxes(counts)
    measures = {"krippendorff_alpha": _alpha(counts), "fleiss_kappa": _fleiss(counts), "pair_agreement": _equal(counts)}
    if counts.numbers:
        measures["krippendorff_alpha_interval"] = interval_alpha(
            counts.numbers, counts.total, counts.squares, counts.within
        )
    if task_type == DOCUMENT_TYPE:
        return measures
    return {**measures, "edit_agreement": share(counts.similarity, counts.texts, NO_TEXTS, MILLION)}


def _alpha(counts: FieldCounts) -> Measure:
    return Measure(None, 0, TOO_MANY) if counts.uncounted else nominal_alpha(counts.agreeing, counts.values)


def _fleiss(counts: FieldCounts) -> Measure:
    return (
        Measure(None, 0, TOO_MANY) if counts.uncounted else fleiss_kappa(counts.units, counts.agreeing, counts.values)
    )


def _equal(counts: FieldCounts) -> Measure:
    pairs = sum(number * m * (m - 1) // 2 for m, number in counts.units.items())
    return share(sum(counts.agreeing.values()) // 2, pairs, NOTHING_SHARED)


def _boxes(counts: FieldCounts | PairCounts) -> Measures:
    return {
        "box_f1": share(2 * counts.matched, counts.drawn, NO_BOXES),
        "box_iou": share(counts.overlap, counts.matched, NO_MATCH, MILLION),
    }


def _pair(counts: PairCounts, task_type: str) -> Measures:
    if task_type == INVOICE_BOXES:
        return _boxes(counts)
    measures = {"pair_agreement": share(counts.equal, counts.compared, NOTHING_SHARED), "cohen_kappa": _cohen(counts)}
    if task_type == DOCUMENT_TYPE:
        return measures
    return {**measures, "edit_agreement": share(counts.similarity, counts.texts, NO_TEXTS, MILLION)}


def _cohen(counts: PairCounts) -> Measure:
    """The mean over the fields with a closed set of values, of which document types have one."""
    if not counts.same:
        return Measure(None, 0, NOT_CLOSED)
    first, second = _tables(counts.first), _tables(counts.second)
    kappas = [
        cohen_kappa(equal, first.get(name, {}), second.get(name, {})) for name, equal in sorted(counts.same.items())
    ]
    return mean(kappas, next((kappa.why for kappa in kappas if kappa.why), NOTHING_SHARED))


def _tables(side: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """One worker's values by field."""
    tables: dict[str, dict[str, int]] = {}
    for key, count in side.items():
        name, _, value = key.partition("\t")
        tables.setdefault(name, {})[value] = count
    return tables


def _workers(counts: AgreementCounts, pairs: Mapping[tuple[str, str], Measures]) -> dict[str, Any]:
    """Each worker against everybody else. objects: those with another worker's answer, counted once for each of them."""
    told: dict[str, Any] = {}
    for worker in sorted({one for pair in counts.pairs for one in pair}):
        own = [pair for pair in pairs if worker in pair]
        total = _total([counts.pairs[pair] for pair in own])
        measures = _pair(total, counts.task_type)
        if "cohen_kappa" in measures:
            kappas = [pairs[pair]["cohen_kappa"] for pair in own]
            measures["cohen_kappa"] = mean(kappas, next((one.why for one in kappas if one.why), NOTHING_SHARED))
        told[worker] = {"objects": total.objects, **_json(measures)}
    return told


def _total(pairs: Iterable[PairCounts]) -> PairCounts:
    total = PairCounts()
    for one in pairs:
        for name in (*_TEXT_SUMS, *_BOX_SUMS):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    return total


def _job(counts: AgreementCounts, fields: Mapping[str, Measures]) -> Measures:
    """The whole job: shares over all fields together, coefficients as the mean over the fields, weighted by their answers."""
    total = FieldCounts()
    for one in counts.fields.values():
        total.units.update(one.units)
        total.agreeing.update(one.agreeing)
        for name in ("texts", "similarity", *_BOX_SUMS):
            setattr(total, name, getattr(total, name) + getattr(one, name))
    if counts.task_type == INVOICE_BOXES:
        return _boxes(total)
    names = ["krippendorff_alpha", "fleiss_kappa"]
    if any("krippendorff_alpha_interval" in measures for measures in fields.values()):
        names.append("krippendorff_alpha_interval")
    measures = {name: _mean_of(name, list(fields.values())) for name in names}
    measures["pair_agreement"] = _equal(total)
    if counts.task_type != DOCUMENT_TYPE:
        measures["edit_agreement"] = share(total.similarity, total.texts, NO_TEXTS, MILLION)
    return measures


def _mean_of(name: str, fields: Sequence[Measures]) -> Measure:
    known = [measures[name] for measures in fields if name in measures]
    return mean(known, next((one.why for one in known if one.why), NOTHING_SHARED))


def _json(measures: Measures) -> dict[str, dict[str, object]]:
    return {name: measure.as_json() for name, measure in measures.items()}
