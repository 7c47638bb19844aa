"""The blog post's rotation function, in our words and with its mistakes.

createSecret stores a random text; setSecret makes a key, stores it and deletes the old one, and
swallows whatever goes wrong; testSecret never succeeds. STORE says how the post's second write is
read, for its text leaves that open: under the rotation's `token`, or without one, as `current`.
"""

import json
import logging
import os

import boto3

logger = logging.getLogger()
logger.setLevel(logging.INFO)
secrets = boto3.client("secretsmanager", endpoint_url=os.environ["SECRETS_MANAGER_ENDPOINT"])
appsync = boto3.client("appsync")
api = os.environ["AppSyncApiId"]


def lambda_handler(event, context):
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    secret = secrets.describe_secret(SecretId=arn)
    if not secret["RotationEnabled"]:
        raise ValueError("rotation is off")
    labels = secret["VersionIdsToStages"].get(token, [])
    if "AWSCURRENT" in labels:
        return
    if "AWSPENDING" not in labels:
        raise ValueError("not the pending version")
    {"createSecret": create, "setSecret": set_key, "testSecret": test, "finishSecret": finish}[step](arn, token)


def create(arn, token):
    secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")
    try:
        secrets.get_secret_value(SecretId=arn, VersionId=token, VersionStage="AWSPENDING")
    except secrets.exceptions.ResourceNotFoundException:
        excluded = os.environ["EXCLUDE_CHARACTERS"]
        password = secrets.get_random_password(ExcludeCharacters=excluded)["RandomPassword"]
        secrets.put_secret_value(SecretId=arn, ClientRequestToken=token, SecretString=password,
                                 VersionStages=["AWSPENDING"])


def set_key(arn, token):
    try:
        value = secrets.get_secret_value(SecretId=arn, VersionStage="AWSCURRENT")["SecretString"]
        old = json.loads(value)["APIKEY"]
        new = appsync.create_api_key(apiId=api)["apiKey"]["id"]
        how = {"ClientRequestToken": token, "VersionStages": ["AWSPENDING"]}
        secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({"APIKEY": new}),
                                 **(how if os.environ["STORE"] == "token" else {}))
        logger.info("setSecret: stored a new key")
        appsync.delete_api_key(apiId=api, id=old)
    except Exception:
        raise NotImplementedError


def test(arn, token):
    raise NotImplementedError


def finish(arn, token):
    versions = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    current = next((id for id, labels in versions.items() if "AWSCURRENT" in labels), None)
    if current != token:
        secrets.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token,
                                            RemoveFromVersionId=current)
