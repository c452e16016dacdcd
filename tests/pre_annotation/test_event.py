"""What Ground Truth sends is understood in all its variants."""

import pytest

from pre_annotation.errors import PreAnnotationError
from pre_annotation.event import PreAnnotationEvent

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/"
LINE = {"source-ref": "s3://acme-invoices/p1.png"}


@pytest.mark.parametrize("version", ["2018-10-06", "2018-10-16", None, 7])
def test_version_is_never_compared(version):
    event = PreAnnotationEvent({"version": version, "labelingJobArn": f"{ARN}q3", "dataObject": LINE, "later": {}})
    assert (event.job_name, event.data_object) == ("q3", LINE)


def test_job_name_is_taken_in_lower_case():
    assert PreAnnotationEvent({"labelingJobArn": f"{ARN}Invoices-Q3-Boxes"}).job_name == "invoices-q3-boxes"


@pytest.mark.parametrize("arn", [None, 5, "", "arn:aws:sagemaker", ARN, f"{ARN}../../other", f"{ARN}q3\n"])
def test_arn_that_names_no_job_is_refused(arn):
    with pytest.raises(PreAnnotationError, match='event key "labelingJobArn"'):
        _ = PreAnnotationEvent({"labelingJobArn": arn}).job_name


def test_streaming_message_may_come_unparsed():
    assert PreAnnotationEvent({"dataObject": '{"source-ref": "s3://acme-invoices/p1.png"}'}).data_object == LINE


@pytest.mark.parametrize("line", [None, [], 3, True, "TOTAL 1,204.50 EUR", "[1]"])
def test_data_object_that_is_no_line_is_refused_without_its_text(line):
    with pytest.raises(PreAnnotationError, match='event key "dataObject" is') as caught:
        _ = PreAnnotationEvent({"dataObject": line}).data_object
    assert "1,204.50" not in str(caught.value)
