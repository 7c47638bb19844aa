"""Rotates a token that an issuer makes over HTTP: the four steps, with boto3, run as a Lambda function
is run. A token is revoked a rotation after it was replaced, when no client can hold it any more.

A function of one's own is tried in the same way:

    keywheel test scenarios/issuer --function 'process:python3 scenarios/functions/issuer.py'
"""

import json
import os
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

# A call that is not answered must not take the step's whole time.
PATIENCE_S = 2

secrets = boto3.client(
    "secretsmanager",
    config=Config(
        connect_timeout=1,
        read_timeout=PATIENCE_S,
        retries={"mode": "standard", "total_max_attempts": 3},
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
        "setSecret": lambda arn, token: None,  # The issuer has its token already.
        "testSecret": test,
        "finishSecret": finish,
    }
    if event["Step"] not in steps:
        raise ValueError("there is no such step")
    steps[event["Step"]](arn, token)


def create(arn, token):
    """Stores a new token, unless an earlier try has done so. What earlier tries have made without
    storing it is revoked first: nobody can know it any more."""
    if stored(arn, VersionId=token, VersionStage="AWSPENDING") is not None:
        return
    value = stored(arn, VersionStage="AWSCURRENT")
    revoke_all_but(value, known(arn))
    made = ask(value, "POST", "/tokens")
    value = {**value, "token": made["token"]}
    try:
        secrets.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )
    except exists:
        print("another run was faster")


def test(arn, token):
    """Uses the new token."""
    value = stored(arn, VersionId=token, VersionStage="AWSPENDING")
    if value is None:
        raise ValueError("there is no pending token to try")
    ask(value, "GET", "/me")


def finish(arn, token):
    """Moves AWSCURRENT to the version of the token, and revokes what no label names any more."""
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    holder = next((id for id, stages in versions.items() if "AWSCURRENT" in stages), None)
    if holder != token:
        # Before the label moves, as long as a failed try is tried again.
        keep = {
            prefix(stored(arn, VersionStage="AWSCURRENT")),
            prefix(stored(arn, VersionId=token, VersionStage="AWSPENDING")),
        }
        revoke_all_but(stored(arn, VersionStage="AWSCURRENT"), keep)
        secrets.update_secret_version_stage(
            SecretId=arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=token,
            RemoveFromVersionId=holder,
        )
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    if "AWSPENDING" in versions.get(token, []):
        secrets.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSPENDING", RemoveFromVersionId=token
        )


def known(arn):
    """The prefixes of the tokens that clients may hold."""
    values = [stored(arn, VersionStage=label) for label in ("AWSCURRENT", "AWSPREVIOUS")]
    return {prefix(value) for value in values if value is not None}


def prefix(value):
    """All that a list shows of a token."""
    return value["token"][:12]


def revoke_all_but(value, keep):
    for token in ask(value, "GET", "/tokens")["tokens"]:
        if token["prefix"] not in keep:
            try:
                ask(value, "DELETE", f"/tokens/{token['id']}")
            except urllib.error.HTTPError as error:
                if error.code != 404:
                    raise


def ask(value, method, path):
    request = urllib.request.Request(
        value["url"] + path,
        method=method,
        headers={"Authorization": f"Bearer {value['token']}"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        return json.load(answer) if answer.status != 204 else None


def stored(arn, **version):
    try:
        answer = secrets.get_secret_value(SecretId=arn, **version)
    except missing:
        return None
    return json.loads(answer["SecretString"])


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
