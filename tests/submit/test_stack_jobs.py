"""On AWS: the request is made of the stack's outputs, and what would keep the job from running stops it."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.validate import validate_parameters

from groundtruth.check.model import operation_model
from groundtruth.errors import RequestError, ServiceError
from groundtruth.submit import send
from tests.submit.sagemaker import RefusalError


def rules(plan) -> list[str]:
    return [finding.rule for finding in plan.report.findings]


def test_a_job_is_made_of_the_stacks_outputs_and_passes_every_check(account, plan, submitted):
    planned = plan()
    assert planned.report.findings == []
    arn = submitted()
    assert arn == f"arn:aws:sagemaker:eu-west-1:123456789012:labeling-job/{planned.name}"
    (request,) = account.sagemaker.created
    assert request == planned.request
    outputs = account.outputs
    task = request["HumanTaskConfig"]
    assert request["LabelingJobName"] == "q3-invoice-boxes"
    assert request["RoleArn"] == outputs["ExecutionRoleArn"]
    assert request["OutputConfig"] == {"S3OutputPath": outputs["OutputUri"]}
    assert task["PreHumanTaskLambdaArn"] == outputs["InvoiceBoxesPreAnnotationArn"]
    assert task["AnnotationConsolidationConfig"] == {
        "AnnotationConsolidationLambdaArn": outputs["InvoiceBoxesConsolidationArn"]
    }
    validate_parameters(request, operation_model("CreateLabelingJob").input_shape)


def test_everything_the_request_names_is_in_s3(account, plan, submitted, asked):
    submitted()
    request = account.sagemaker.created[0]
    named = [
        request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"],
        request["HumanTaskConfig"]["UiConfig"]["UiTemplateS3Uri"],
        request["LabelCategoryConfigS3Uri"],
    ]
    files = [Path(asked.manifest), asked.template, asked.default_categories]
    for uri, file in zip(named, files, strict=True):
        assert account.body(uri.removeprefix(f"s3://{account.bucket}/")) == file.read_bytes()


def test_what_a_running_job_reads_is_never_overwritten(account, submitted, asked, tmp_path):
    submitted()
    before = {key: account.body(key) for key in account.stored()}
    other = tmp_path / asked.template.name
    other.write_text(asked.template.read_text() + "<!-- changed -->")
    categories = tmp_path / "categories.json"
    categories.write_text(asked.default_categories.read_text().replace("Total", "Grand total"))
    submitted(name="second", template=other, label_categories=categories)
    assert {key: account.body(key) for key in before} == before
    assert len(account.sagemaker.created) == 2


def test_a_name_in_other_letters_does_not_touch_the_label_categories_of_the_job_that_has_it(
    account, submitted, tmp_path
):
    submitted(name="Q3-boxes")
    before = account.body("label-categories/q3-boxes.json")
    categories = tmp_path / "own.json"
    categories.write_text('{"document-version": "2018-11-28", "labels": [{"label": "total_amount"}]}')
    account.sagemaker.refuse["DescribeLabelingJob"] = RefusalError("ResourceNotFound", "case matters there")
    with pytest.raises(RequestError, match="there is a job Q3-boxes already"):
        submitted(name="q3-BOXES", label_categories=categories)
    assert account.body("label-categories/q3-boxes.json") == before


def test_a_job_of_that_name_is_told_of_and_nothing_is_sent(account, plan, submitted):
    submitted()
    before = account.stored()
    again = plan()
    assert again.existing is not None
    assert again.existing.standing == "Initializing, 0 of 3 objects labeled, 0 failed"
    assert (account.stored(), len(account.sagemaker.created)) == (before, 1)


def test_a_job_that_somebody_else_created_meanwhile_is_told_of(account, plan):
    planned = plan()
    account.sagemaker.add_job(planned.request | {"LabelingJobName": "Q3-Invoice-Boxes"})
    with pytest.raises(RequestError, match=r"There is a job Q3-Invoice-Boxes already: InProgress"):
        send(planned, account.connection, lambda _: None, lambda: None)


def test_gold_beside_the_manifest_goes_beside_the_label_categories(account, plan, submitted, asked):
    truth = '{"image": "0.png", "document_type": "invoice"}\n'
    Path(asked.manifest).with_name("q3.gold.jsonl").write_text(truth)
    assert plan(name="Q3-Gold").materials.gold_objects == 1
    submitted(name="Q3-Gold")
    assert account.body("label-categories/q3-gold.gold.jsonl") == truth.encode()
    assert "gold" not in json.dumps(account.sagemaker.created[0]).replace("Q3-Gold", "").replace("q3-gold.json", "")


def test_a_manifest_in_s3_stays_there_and_its_gold_is_found(account, submitted, asked):
    account.s3.upload_file(asked.manifest, account.bucket, "q3/pages.manifest")
    account.s3.put_object(Bucket=account.bucket, Key="q3/pages.gold.jsonl", Body=b'{"image": "0.png"}\n')
    uri = f"s3://{account.bucket}/q3/pages.manifest"
    submitted(manifest=uri)
    (request,) = account.sagemaker.created
    assert request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"] == uri
    assert account.body("label-categories/pages-invoice-boxes.gold.jsonl") == b'{"image": "0.png"}\n'


def test_label_categories_that_lie_in_s3_under_the_jobs_name_are_the_jobs(account, plan, submitted):
    own = b'{"document-version": "2018-11-28", "labels": [{"label": "total_amount", "displayName": "Total"}]}'
    account.s3.put_object(Bucket=account.bucket, Key="label-categories/q3-invoice-boxes.json", Body=own)
    assert plan().materials.label_categories.is_there
    submitted()
    assert account.body("label-categories/q3-invoice-boxes.json") == own


def test_every_bucket_role_and_object_is_looked_at_before(account, plan, asked):
    account.s3.create_bucket(Bucket="scans", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    with Path(asked.manifest).open("a") as lines:
        lines.write('{"source-ref": "s3://scans/4.png"}\n')
    role = account.outputs["ExecutionRoleArn"].rsplit("/", 1)[-1]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    boto3.client("iam").update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    planned = plan()
    assert {"bucket-cors", "role-trust", "role-s3", "object-missing", "manifest-buckets"} == set(rules(planned))
    assert not planned.is_sound


def test_functions_and_template_variables_are_checked_against_what_workers_would_get(plan, tmp_path):
    template = tmp_path / "own.liquid.html"
    template.write_text(
        '<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>\n'
        '<crowd-form><crowd-input name="total" label="{{ task.input.vendor }}"></crowd-input></crowd-form>'
    )
    assert "task-undefined" in rules(plan(template=template))


def test_limits_of_the_request_are_checked(plan):
    changes = {"label_attribute": "Invoice_Boxes", "title": "x" * 129, "time_limit": 30_000, "keywords": ("a",) * 6}
    planned = plan(**changes)
    found = {(finding.rule, finding.path.rsplit(".", 1)[-1]) for finding in planned.report.findings}
    assert found == {
        ("request-pattern", "LabelAttributeName"),
        ("request-length", "TaskTitle"),
        ("request-time", "TaskTimeLimitInSeconds"),
        ("request-length", "TaskKeywords"),
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stack": "nowhere"}, "--stack: there is no stack nowhere"),
        ({"stack": None}, "Name the deployed stack with --stack"),
        ({"task_type": "invoice-stamps"}, 'no functions for "invoice-stamps"'),
        ({"workteam": "painters"}, 'no private work team "painters" in eu-west-1. There are: ap-clerks.'),
        ({"name": "q3_boxes"}, "--name: LabelingJobName"),
        ({"manifest": "nowhere.manifest"}, "there is no such manifest"),
        ({"manifest": "s3://groundtruth-gone/q3.manifest"}, "there is no such manifest in S3"),
        ({"manifest": None}, "Give a MANIFEST"),
        ({"chain": "earlier"}, "not both"),
        ({"manifest": None, "chain": "earlier"}, 'no labeling job "earlier" in eu-west-1'),
        ({"gold": Path("nowhere.jsonl")}, "--gold cannot be read"),
    ],
)
def test_what_cannot_be_asked_for_is_said_in_one_line(plan, changes, said):
    with pytest.raises(RequestError) as refused:
        plan(**changes)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_a_team_the_only_one_is_taken(account, plan):
    assert plan(workteam=None).team.name == "ap-clerks"
    assert plan(workteam="ap-clerks").team.portal == "https://abc.labeling.eu-west-1.sagemaker.aws"
    account.sagemaker.teams.append("painters")
    with pytest.raises(RequestError, match="There are: ap-clerks, painters"):
        plan(workteam=None)


def test_a_vendors_team_and_a_team_that_may_not_be_looked_at_are_taken_as_given(account, plan, asked):
    vendor = "arn:aws:sagemaker:eu-west-1:394669845002:workteam/vendor-crowd/labels-inc"
    assert plan(workteam=vendor).team.arn == vendor
    account.sagemaker.refuse["DescribeWorkteam"] = RefusalError("AccessDeniedException", "not you")
    assert plan().team.arn == asked.workteam


def test_what_sagemaker_refuses_is_said_and_a_second_try_goes_on(account, submitted):
    account.sagemaker.refuse["CreateLabelingJob"] = RefusalError("ResourceLimitExceeded", "too many jobs")
    with pytest.raises(ServiceError, match="too many jobs"):
        submitted()
    account.sagemaker.refuse.clear()
    assert submitted().endswith("q3-invoice-boxes")


def test_options_are_in_the_request(plan):
    request = plan(
        workers=5,
        time_limit=60,
        availability=3600,
        max_concurrent=20,
        title="T",
        description="D",
        keywords=("one",),
        tags={"team": "a=b"},
        kms_key="arn:aws:kms:eu-west-1:123456789012:key/1",
        label_attribute="Boxes",
    ).request
    task = request["HumanTaskConfig"]
    assert (request["LabelAttributeName"], request["Tags"]) == ("Boxes", [{"Key": "team", "Value": "a=b"}])
    assert request["OutputConfig"]["KmsKeyId"] == "arn:aws:kms:eu-west-1:123456789012:key/1"
    assert {
        "TaskTitle": "T",
        "TaskDescription": "D",
        "TaskKeywords": ["one"],
        "NumberOfHumanWorkersPerDataObject": 5,
        "TaskTimeLimitInSeconds": 60,
        "TaskAvailabilityLifetimeInSeconds": 3600,
        "MaxConcurrentTaskCount": 20,
    }.items() <= task.items()


def test_instructions_replace_the_templates_own(account, submitted, asked, tmp_path):
    own = tmp_path / "how.html"
    own.write_text("<p>Only the <b>second</b> page \\1.</p>")
    submitted(instructions=own)
    uri = account.sagemaker.created[0]["HumanTaskConfig"]["UiConfig"]["UiTemplateS3Uri"]
    page = account.body(uri.removeprefix(f"s3://{account.bucket}/")).decode()
    assert "<p>Only the <b>second</b> page \\1.</p>" in page
    assert page.count("<full-instructions") == page.count("</full-instructions>") == 1
    assert len(page) < len(asked.template.read_text())


def test_instructions_without_a_place_are_refused(plan, tmp_path):
    template, own = tmp_path / "own.liquid.html", tmp_path / "how.html"
    template.write_text("<crowd-form></crowd-form>")
    own.write_text("x")
    with pytest.raises(RequestError, match="has neither <full-instructions> nor <detailed-instructions>"):
        plan(template=template, instructions=own)


def test_a_chained_job_starts_from_the_earlier_jobs_output(account, plan, asked):
    first = plan().request
    account.sagemaker.add_job(first, "InProgress")
    with pytest.raises(RequestError, match="has no output manifest yet"):
        plan(manifest=None, chain="q3-invoice-boxes", task_type="invoice-fields")
    labeled = [json.loads(line) for line in Path(asked.manifest).read_text().splitlines()]
    labeled[0] |= {"invoice-boxes": {"annotations": []}, "invoice-boxes-metadata": {"type": "groundtruth/custom"}}
    key = "output/q3-invoice-boxes/manifests/output/output.manifest"
    account.s3.put_object(Bucket=account.bucket, Key=key, Body="".join(json.dumps(line) + "\n" for line in labeled))
    uri = f"s3://{account.bucket}/{key}"
    account.sagemaker.add_job(first, "Completed", LabelingJobOutput={"OutputDatasetS3Uri": uri})
    again = plan(manifest=None, chain="q3-invoice-boxes")
    assert again.name == "q3-invoice-boxes-2"
    assert again.request["InputConfig"]["DataSource"]["S3DataSource"]["ManifestS3Uri"] == uri
    assert again.estimate.objects == 2
    assert rules(again) == ["manifest-labeled"]
