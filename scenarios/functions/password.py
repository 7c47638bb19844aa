"""Rotates a random password: the four steps, with boto3, run as a Lambda function is run.

A function of one's own is tried in the same way:

    keywheel test scenarios/password --function 'process:python3 scenarios/functions/password.py'
"""

import json
import os
import sys
import urllib.request

import boto3
from botocore.config import Config

# A call that is not answered must not take the step's whole time.
secrets = boto3.client(
    "secretsmanager",
    config=Config(
        connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
    ),
)
missing = secrets.exceptions.ResourceNotFoundException
exists = secrets.exceptions.ResourceExistsException


def handler(event, _context=None):
    arn, token = event["SecretId"], event["ClientRequestToken"]
    stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"].get(token)
    if stages is None:
        raise ValueError("the version of this token is not there")
    if "AWSCURRENT" in stages and "AWSPENDING" not in stages:
        return  # It has been rotated.
    steps = {
        "createSecret": create,
        "setSecret": set_password,
        "testSecret": test,
        "finishSecret": finish,
    }
    if event["Step"] not in steps:
        raise ValueError("there is no such step")
    steps[event["Step"]](arn, token)


def create(arn, token):
    """Stores a value with a new password, unless an earlier try has done so."""
    if pending(arn, token) is not None:
        return
    value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
    password = secrets.get_random_password(PasswordLength=32, ExcludeCharacters="\"'\\/@")
    value["password"] = password["RandomPassword"]
    try:
        secrets.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )
    except exists:
        print("another run was faster")


def set_password(arn, token):
    """Where a database would be told."""
    if pending(arn, token) is None:
        raise ValueError("there is no pending value to set")


def test(arn, token):
    """Where one would log in to it."""
    value = pending(arn, token)
    if value is None or not json.loads(value)["password"]:
        raise ValueError("there is no pending password to try")


def finish(arn, token):
    """Moves AWSCURRENT to the version of the token."""
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next((id for id, stages in versions.items() if "AWSCURRENT" in stages), None)
    if current != token:
        secrets.update_secret_version_stage(
            SecretId=arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=token,
            RemoveFromVersionId=current,
        )
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    if "AWSPENDING" in versions.get(token, []):
        secrets.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSPENDING", RemoveFromVersionId=token
        )


def pending(arn, token):
    try:
        answer = secrets.get_secret_value(
            SecretId=arn, VersionId=token, VersionStage="AWSPENDING"
        )
    except missing:
        return None
    return answer["SecretString"]


def serve(runtime):
    """The Lambda Runtime API: an event is asked for, its end is told, and again."""
    base = f"http://{runtime}/2018-06-01/runtime/invocation"
    while True:
        with urllib.request.urlopen(f"{base}/next") as answer:
            request_id = answer.headers["Lambda-Runtime-Aws-Request-Id"]
            event = json.load(answer)
        try:
            handler(event)
            path, end = "response", None
        except Exception as error:
            print(f"{event.get('Step')} failed: {type(error).__name__}", file=sys.stderr)
            path, end = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        body = json.dumps(end).encode()
        urllib.request.urlopen(urllib.request.Request(f"{base}/{request_id}/{path}", body)).read()


if __name__ == "__main__":
    serve(os.environ["AWS_LAMBDA_RUNTIME_API"])
