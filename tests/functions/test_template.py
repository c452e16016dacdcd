"""Functions are found in any SAM template, with the environment that CloudFormation would give them."""

from pathlib import Path

import pytest

from groundtruth.errors import RequestError
from groundtruth.functions import read_functions

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Level: {Type: String, Default: INFO}
  Bucket: {Type: String, Default: ''}
Conditions:
  HasBucket: !Not [!Equals [!Ref Bucket, '']]
Mappings:
  Sizes: {us-east-1: {small: 512}}
Globals:
  Function:
    Runtime: python3.13
    Environment: {Variables: {LEVEL: !Ref Level, SHARED: globals}}
Resources:
  Bucket2: {Type: AWS::S3::Bucket}
  Label:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ['SageMaker-${Name}-${!literal}', {Name: !Join ['-', [a, b]]}]
      CodeUri: code/
      Handler: app.handler
      Timeout: 7
      MemorySize: !FindInMap [Sizes, !Ref AWS::Region, small]
      Environment:
        Variables:
          SHARED: own
          URI: !Sub 's3://${Target}/x'
          TARGET: !If [HasBucket, !Ref Bucket, !Ref Bucket2]
          FLAG: true
          ID: !Select [0, !Split ['-', 'abc-def']]
          ARN: !GetAtt Bucket2.Arn
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def test_properties_are_evaluated_with_parameter_defaults(template: Path):
    (spec,) = read_functions(template)
    assert (spec.logical_id, spec.name, spec.handler) == ("Label", "SageMaker-a-b-${literal}", "app.handler")
    assert (spec.timeout, spec.memory, spec.code) == (7, 512, template.parent / "code")
    assert spec.environment == {
        "LEVEL": "INFO",
        "SHARED": "own",
        "URI": "s3://Target/x",
        "TARGET": "Bucket2",
        "FLAG": "true",
        "ID": "abc",
        "ARN": "Bucket2.Arn",
    }


def test_parameters_given_replace_the_defaults(template: Path):
    (spec,) = read_functions(template, {"Bucket": "invoices", "Level": "DEBUG"})
    assert (spec.environment["TARGET"], spec.environment["LEVEL"]) == ("invoices", "DEBUG")


@pytest.mark.parametrize(
    "function",
    [
        "Label",
        "SageMaker-a-b-${literal}",
        "arn:aws:lambda:eu-west-1:123456789012:function:Label",
        "arn:aws:lambda:eu-west-1:123456789012:function:Label:$LATEST",
    ],
)
def test_a_function_answers_to_its_logical_id_and_name_alone_or_at_the_end_of_an_arn(template: Path, function: str):
    (spec,) = read_functions(template)
    assert spec.answers_to(function)
    assert not spec.answers_to(function.replace("Label", "Other").replace("SageMaker", "Other"))


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), (": {", "not YAML"), ("[]", "no Resources"), ("a: 1", "no Resources")]
)
def test_an_unusable_template_is_named(tmp_path: Path, text: str | None, said: str):
    path = tmp_path / "template.yaml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RequestError, match=said) as raised:
        read_functions(path)
    assert str(path) in str(raised.value)


def test_the_toolkits_own_template_declares_two_functions_per_task_type_and_one_for_finished_jobs():
    specs = read_functions(Path(__file__).parents[2] / "template.yaml")
    assert {spec.logical_id for spec in specs} == {
        f"{task}{kind}"
        for task in ("DocumentType", "InvoiceBoxes", "InvoiceFields")
        for kind in ("PreAnnotation", "Consolidation")
    } | {"Reconsolidation"}
    tasks = {spec.environment["TASK_TYPE"] for spec in specs if "TASK_TYPE" in spec.environment}
    assert tasks == {"document-type", "invoice-boxes", "invoice-fields"}
