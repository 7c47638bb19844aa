"""The fixtures, as a user of boto3 has them."""

import boto3
import pytest

ROTATOR = "arn:aws:lambda:us-east-1:000000000000:function:keywheel-rotator"


@pytest.fixture
def secret(keywheel_reset):
    """A secret with the key of an API, which the builtin rotator can rotate."""
    appsync = keywheel_reset.client("appsync")
    api = appsync.create_graphql_api(name="shop", authenticationType="API_KEY")["graphqlApi"]
    key = appsync.create_api_key(apiId=api["apiId"])["apiKey"]["id"]
    value = f'{{"apiId":"{api["apiId"]}","APIKEY":"{key}"}}'
    secrets = keywheel_reset.client("secretsmanager")
    return secrets.create_secret(Name="shop/key", SecretString=value)["ARN"]


def rotate(server, secret):
    server.client("secretsmanager").rotate_secret(
        SecretId=secret,
        RotationLambdaARN=ROTATOR,
        RotationRules={"AutomaticallyAfterDays": 30},
    )
    server.settle()


def versions(server, secret):
    secrets = server.client("secretsmanager")
    return secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]


def test_a_month_later_the_key_is_another(keywheel, secret):
    rotate(keywheel, secret)
    secrets = keywheel.client("secretsmanager")
    first = secrets.get_secret_value(SecretId=secret)["SecretString"]
    before = keywheel.clock.now()
    after = keywheel.clock.advance("31d")
    assert (after - before).days == 31
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] != first


def test_an_answer_that_is_lost_does_no_harm(keywheel, secret):
    keywheel.fault("createSecret/PutSecretValue#1", "answer-lost")
    rotate(keywheel, secret)
    assert keywheel.faults()[0]["fired"] == 1
    struck = [entry for entry in keywheel.journal() if entry.get("fault") == "answer-lost"]
    assert [entry["operation"] for entry in struck] == ["PutSecretValue"]
    assert ["AWSCURRENT"] in versions(keywheel, secret).values()


def test_each_test_begins_with_nothing(keywheel_reset):
    assert keywheel_reset.client("secretsmanager").list_secrets()["SecretList"] == []
    assert keywheel_reset.faults() == []


def test_clients_of_the_code_under_test_find_the_server(keywheel_env):
    boto3.client("secretsmanager").create_secret(Name="mine", SecretString="x")
    assert keywheel_env.snapshot() is not None
    assert boto3.client("secretsmanager").get_secret_value(SecretId="mine")["SecretString"] == "x"
