"""What an application does with boto3, from the first API to a deleted key."""

import json
import os
import time
import urllib.error
import urllib.request

import boto3
from botocore.exceptions import ClientError

secrets = boto3.client("secretsmanager")
appsync = boto3.client("appsync")


def ask(url, key):
    body = json.dumps({"query": "query { __typename }"}).encode()
    headers = {"content-type": "application/json", "x-api-key": key}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def code_of(call, **members):
    try:
        call(**members)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError("it should have failed")


def rotate(name):
    secrets.rotate_secret(
        SecretId=name,
        RotationLambdaARN=os.environ["FUNCTION_ARN"],
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    for _ in range(300):
        stages = secrets.describe_secret(SecretId=name)["VersionIdsToStages"].values()
        if not any("AWSPENDING" in labels for labels in stages):
            return
        time.sleep(0.1)
    raise AssertionError(f"the rotation did not end: {stages}")


def publish():
    modes = [{"authType": "API_KEY"}]
    lists = ["authProviders", "connectionAuthModes", "defaultPublishAuthModes", "defaultSubscribeAuthModes"]
    config = dict.fromkeys(lists, modes)
    api = appsync.create_api(name="events", eventConfig=config)["api"]
    assert api["eventConfig"] == config, api
    assert appsync.get_api(apiId=api["apiId"])["api"] == api
    space = {"apiId": api["apiId"], "name": "chat"}
    made = appsync.create_channel_namespace(**space)["channelNamespace"]
    assert appsync.get_channel_namespace(**space)["channelNamespace"] == made
    twice = code_of(appsync.create_channel_namespace, **space)
    assert twice == ("ConflictException", 409), twice
    key = appsync.create_api_key(apiId=api["apiId"])["apiKey"]["id"]
    body = json.dumps({"channel": "/chat/room", "events": ["1"]}).encode()
    url = f"http://{api['dns']['HTTP']}/event"
    request = urllib.request.Request(url, body, {"x-api-key": key})
    with urllib.request.urlopen(request) as answer:
        receipt = json.load(answer)
    assert len(receipt["successful"]) == 1 and not receipt["failed"], receipt
    appsync.delete_api(apiId=api["apiId"])
    gone = code_of(appsync.get_api, apiId=api["apiId"])
    assert gone == ("NotFoundException", 404), gone


def main():
    api = appsync.create_graphql_api(name="shop", authenticationType="API_KEY")["graphqlApi"]
    first = appsync.create_api_key(apiId=api["apiId"], description="made by hand")["apiKey"]["id"]
    value = json.dumps({"apiId": api["apiId"], "APIKEY": first, "kept": 1})
    secrets.create_secret(Name="shop/key", SecretString=value)
    url = api["uris"]["GRAPHQL"]
    assert ask(url, first)[0] == 200

    rotate("shop/key")
    rotated = json.loads(secrets.get_secret_value(SecretId="shop/key")["SecretString"])
    new = rotated["APIKEY"]
    assert new != first and rotated["kept"] == 1, "the key has changed and nothing else"
    status, answer = ask(url, new)
    assert (status, answer) == (200, {"data": {"__typename": "Query"}}), answer
    assert ask(url, first)[0] == 200, "who still holds the old key may use it"
    previous = secrets.get_secret_value(SecretId="shop/key", VersionStage="AWSPREVIOUS")
    assert json.loads(previous["SecretString"])["APIKEY"] == first

    appsync.delete_api_key(apiId=api["apiId"], id=new)
    status, answer = ask(url, new)
    assert status == 401, status
    assert answer["errors"][0]["errorType"] == "UnauthorizedException", answer

    missing = code_of(secrets.get_secret_value, SecretId="none")
    assert missing == ("ResourceNotFoundException", 400), missing
    missing = code_of(appsync.get_graphql_api, apiId="none")
    assert missing == ("NotFoundException", 404), missing
    twice = code_of(secrets.create_secret, Name="shop/key", SecretString="x")
    assert twice == ("ResourceExistsException", 400), twice
    for call, members in [
        (appsync.list_types, {"apiId": "x", "format": "SDL"}),
        (boto3.client("dynamodb").list_tables, {}),
        (boto3.client("sqs").list_queues, {}),
    ]:
        unknown = code_of(call, **members)
        assert unknown == ("NotImplemented", 501), unknown


main()
publish()
