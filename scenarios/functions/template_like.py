"""Rotates a random password in the way of the templates that AWS publishes, and no better.

It looks for Secrets Manager at SECRETS_MANAGER_ENDPOINT, raises ValueError where an event does not
fit, and leaves AWSPENDING where finishSecret finds it: the service takes it off.
"""

import json
import os

import boto3

ENDPOINT = os.environ["SECRETS_MANAGER_ENDPOINT"]


def lambda_handler(event, context):
    arn, token = event["SecretId"], event["ClientRequestToken"]
    service = boto3.client("secretsmanager", endpoint_url=ENDPOINT)
    secret = service.describe_secret(SecretId=arn)
    if not secret.get("RotationEnabled"):
        raise ValueError(f"{arn} does not rotate")
    stages = secret["VersionIdsToStages"].get(token)
    if stages is None:
        raise ValueError(f"{token} is no version of {arn}")
    if "AWSCURRENT" in stages:
        return
    if "AWSPENDING" not in stages:
        raise ValueError(f"{token} is not pending in {arn}")
    steps = {
        "createSecret": create_secret,
        "setSecret": set_secret,
        "testSecret": test_secret,
        "finishSecret": finish_secret,
    }
    step = steps.get(event["Step"])
    if step is None:
        raise ValueError("there is no such step")
    step(service, arn, token)


def create_secret(service, arn, token):
    current = value_of(service, arn, VersionStage="AWSCURRENT")
    try:
        value_of(service, arn, VersionId=token, VersionStage="AWSPENDING")
    except service.exceptions.ResourceNotFoundException:
        password = service.get_random_password(ExcludeCharacters="/@\"'\\")
        current["password"] = password["RandomPassword"]
        service.put_secret_value(
            SecretId=arn,
            ClientRequestToken=token,
            SecretString=json.dumps(current),
            VersionStages=["AWSPENDING"],
        )


def set_secret(service, arn, token):
    """Here the password would be given to the database."""
    value_of(service, arn, VersionId=token, VersionStage="AWSPENDING")


def test_secret(service, arn, token):
    """Here somebody would log in with it."""
    value_of(service, arn, VersionId=token, VersionStage="AWSPENDING")


def finish_secret(service, arn, token):
    versions = service.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next((v for v, stages in versions.items() if "AWSCURRENT" in stages), None)
    if current == token:
        return
    service.update_secret_version_stage(
        SecretId=arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=token,
        RemoveFromVersionId=current,
    )


def value_of(service, arn, **version):
    answer = service.get_secret_value(SecretId=arn, **version)
    return json.loads(answer["SecretString"])
