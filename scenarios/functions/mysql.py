"""Rotates the password of a MySQL user that changes it itself: the four steps, with boto3 and PyMySQL,
run as a Lambda function is run.

A function of one's own is tried in the same way:

    keywheel test scenarios/mysql --function 'process:python3 scenarios/functions/mysql.py'
"""

import json
import os
import sys
import urllib.request

import boto3
import pymysql
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


# The server's number for a password that is not accepted.
ACCESS_DENIED = 1045


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
    value = current(arn)
    password = secrets.get_random_password(PasswordLength=32, ExcludeCharacters="\"'\\/@:%")
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
    """Tells the database, unless an earlier try has done so."""
    value = pending(arn, token)
    if value is None:
        raise ValueError("there is no pending value to set")
    if log_in(value) is not None:
        return
    old = current(arn)
    if (old["username"], old["host"]) != (value["username"], value["host"]):
        raise ValueError("the pending value is for another user or host")
    connection = log_in(old)
    if connection is None:
        raise ValueError("neither the pending nor the current password is accepted")
    connection.cursor().execute("SET PASSWORD = PASSWORD(%s)", [value["password"]])


def test(arn, token):
    """Logs in with the new password, and does what clients do."""
    value = pending(arn, token)
    connection = None if value is None else log_in(value)
    if connection is None:
        raise ValueError("the pending password is not accepted")
    connection.cursor().execute("SELECT id FROM orders")


def finish(arn, token):
    """Moves AWSCURRENT to the version of the token."""
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    holder = next((id for id, stages in versions.items() if "AWSCURRENT" in stages), None)
    if holder != token:
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


def log_in(value):
    """A connection, or None if the password is not accepted. Any other failure is an error: it says
    nothing about the password."""
    try:
        return pymysql.connect(
            host=value["host"],
            port=value["port"],
            user=value["username"],
            password=value["password"],
            database=value["dbname"],
            connect_timeout=PATIENCE_S,
            read_timeout=PATIENCE_S,
            write_timeout=PATIENCE_S,
        )
    except pymysql.err.OperationalError as error:
        if error.args[0] == ACCESS_DENIED:
            return None
        raise


def current(arn):
    answer = secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    return json.loads(answer["SecretString"])


def pending(arn, token):
    try:
        answer = secrets.get_secret_value(
            SecretId=arn, VersionId=token, VersionStage="AWSPENDING"
        )
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
