"""A rotation function in the way of AWS's generic template: a new random text for the secret."""

import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def lambda_handler(event, context):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    secrets = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
    secret = secrets.describe_secret(SecretId=arn)
    if not secret.get("RotationEnabled"):
        raise ValueError(f"Secret {arn} is not enabled for rotation")
    labels = secret["VersionIdsToStages"].get(token)
    if labels is None:
        raise ValueError(f"Secret version {token} has no stage for rotation of secret {arn}.")
    if "AWSCURRENT" in labels:
        logger.info("Secret version %s already set as AWSCURRENT for secret %s.", token, arn)
        return
    if "AWSPENDING" not in labels:
        raise ValueError(f"Secret version {token} not set as AWSPENDING for rotation of secret {arn}.")
    if step not in STEPS:
        raise ValueError(f"lambda_handler: Invalid step parameter {step} for secret {arn}")
    STEPS[step](secrets, arn, token)


def create_secret(secrets, arn, token):
    secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    try:
        secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
        logger.info("createSecret: Successfully retrieved secret for %s.", arn)
    except secrets.exceptions.ResourceNotFoundException:
        excluded = os.environ.get("EXCLUDE_CHARACTERS", "/@\"'\\")
        password = secrets.get_random_password(ExcludeCharacters=excluded)["RandomPassword"]
        secrets.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=password,
                                 VersionStages=["AWSPENDING"])
        logger.info("createSecret: Successfully put secret for ARN %s and version %s.", arn, token)


def set_secret(secrets, arn, token):
    """Nobody else needs to know the new value."""


def test_secret(secrets, arn, token):
    value = secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    if len(value["SecretString"]) != 32:
        raise ValueError("testSecret: not the value that createSecret made")


def finish_secret(secrets, arn, token):
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next((id for id, labels in versions.items() if "AWSCURRENT" in labels), None)
    if current == token:
        logger.info("finishSecret: Version %s already marked as AWSCURRENT for %s", token, arn)
        return
    secrets.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                        RemoveFromVersionId=current)
    logger.info("finishSecret: Successfully set AWSCURRENT stage to version %s for secret %s.", token, arn)


STEPS = {"createSecret": create_secret, "setSecret": set_secret, "testSecret": test_secret,
         "finishSecret": finish_secret}
