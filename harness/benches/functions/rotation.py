"""A rotation function that does no more than the protocol asks for, over one open connection."""

import http.client
import json
import os
import urllib.parse

where = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
connection = http.client.HTTPConnection(where.hostname, where.port)
signature = (
    f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/20261122/us-east-1/"
    "secretsmanager/aws4_request, SignedHeaders=host, Signature=0"
)


def call(operation, **members):
    headers = {
        "x-amz-target": f"secretsmanager.{operation}",
        "content-type": "application/x-amz-json-1.1",
        "authorization": signature,
    }
    connection.request("POST", "/", json.dumps(members), headers)
    answer = connection.getresponse()
    body = json.loads(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"{operation}: {body}")
    return body


def handler(event, context):
    secret, token = event["SecretId"], event["ClientRequestToken"]
    labels = call("DescribeSecret", SecretId=secret)["VersionIdsToStages"]
    if event["Step"] == "createSecret":
        call("PutSecretValue", SecretId=secret, ClientRequestToken=token,
             SecretString=token, VersionStages=["AWSPENDING"])
    elif event["Step"] == "finishSecret":
        current = next(version for version in labels if "AWSCURRENT" in labels[version])
        call("UpdateSecretVersionStage", SecretId=secret, VersionStage="AWSCURRENT",
             MoveToVersionId=token, RemoveFromVersionId=current)
    else:
        call("GetSecretValue", SecretId=secret, VersionId=token)
