"""Every operation of Secrets Manager through boto3, with botocore's own validation and without it, and
values through aws-secretsmanager-caching. Run with the ARN of a rotation function."""

import json
import os
import time
import urllib.request
import uuid

import boto3
from aws_secretsmanager_caching import InjectKeywordedSecretString, InjectSecretString, SecretCache, SecretCacheConfig
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

AWAY = "eu-west-1"
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]})
LONGEST = b"\x00\xff" * 32_768


class Clients:
    """Clients of two Regions and two accounts, and what they have called."""

    def __init__(self, validates):
        self.called = set()
        self.config = Config(parameter_validation=validates)
        self.here = self.client()
        self.away = self.client(region_name=AWAY)
        self.other = self.client(aws_access_key_id="111111111111", aws_secret_access_key="test")

    def client(self, **place):
        client = boto3.client("secretsmanager", config=self.config, **place)
        client.meta.events.register("before-call.secrets-manager", self.note)
        return client

    def note(self, model, **_):
        self.called.add(model.name)


def code_of(call, **members):
    try:
        call(**members)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error
        return error.response["Error"]["Code"]
    raise AssertionError(f"it should have failed: {members}")


def values(here):
    created = here.create_secret(Name="b/one", SecretString="one", Tags=[{"Key": "team", "Value": "blue"}])
    arn, token = created["ARN"], str(uuid.uuid4())
    here.put_secret_value(SecretId=arn, SecretBinary=LONGEST, ClientRequestToken=token)
    assert here.get_secret_value(SecretId="b/one")["SecretBinary"] == LONGEST
    updated = here.update_secret(SecretId="b/one", Description="the first", SecretString="é" * 32_768)
    assert here.get_secret_value(SecretId=arn[:-7])["SecretString"] == "é" * 32_768
    versions = here.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True)["Versions"]
    assert {version["VersionId"] for version in versions} == {created["VersionId"], token, updated["VersionId"]}
    here.update_secret_version_stage(
        SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=updated["VersionId"]
    )
    stages = here.describe_secret(SecretId=arn)["VersionIdsToStages"]
    assert stages == {token: ["AWSCURRENT"], updated["VersionId"]: ["AWSPREVIOUS"]}
    here.tag_resource(SecretId=arn, Tags=[{"Key": "cost", "Value": "1"}])
    here.untag_resource(SecretId=arn, TagKeys=["cost", "team"])
    assert here.describe_secret(SecretId=arn)["Tags"] == []
    assert len(here.get_random_password(PasswordLength=40)["RandomPassword"]) == 40


def pages(call, **request):
    """Every page, of lists for which botocore knows no paginator."""
    token = {}
    while True:
        page = call(**request, **token)
        yield page
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


def lists(here):
    for number in range(25):
        here.create_secret(Name=f"page/{number:02}", SecretString=str(number))
    filters = [{"Key": "name", "Values": ["page/"]}]
    listed = here.get_paginator("list_secrets").paginate(
        Filters=filters, SortBy="name", SortOrder="desc", PaginationConfig={"PageSize": 10}
    )
    names = [[secret["Name"] for secret in page["SecretList"]] for page in listed]
    assert [len(page) for page in names] == [10, 10, 5] and names[0][0] == "page/24"
    batches = pages(here.batch_get_secret_value, Filters=filters, MaxResults=10)
    found = [value["SecretString"] for page in batches for value in page["SecretValues"]]
    assert found == [str(number) for number in range(25)]
    batch = here.batch_get_secret_value(SecretIdList=["page/01", "nobody"])
    assert batch["Errors"][0]["ErrorCode"] == "ResourceNotFoundException"
    for number in range(3):
        here.put_secret_value(SecretId="page/24", SecretString=f"24.{number}")
    listed = pages(here.list_secret_version_ids, SecretId="page/24", IncludeDeprecated=True, MaxResults=1)
    assert len({version["VersionId"] for page in listed for version in page["Versions"]}) == 4
    token = here.list_secrets(Filters=filters, MaxResults=1)["NextToken"]
    assert code_of(here.list_secrets, NextToken=token) == "InvalidNextTokenException"


def policies(here):
    here.put_resource_policy(SecretId="b/one", ResourcePolicy=POLICY)
    assert here.get_resource_policy(SecretId="b/one")["ResourcePolicy"] == POLICY
    assert here.list_resource_policies(SecretId="b/one")["ResourcePolicies"] == [{"PolicyName": "default"}]
    assert here.validate_resource_policy(ResourcePolicy=POLICY)["PolicyValidationPassed"] is False
    here.delete_resource_policy(SecretId="b/one")
    assert "ResourcePolicy" not in here.get_resource_policy(SecretId="b/one")


def copies(clients):
    here, away, other = clients.here, clients.away, clients.other
    added = here.replicate_secret_to_regions(SecretId="page/00", AddReplicaRegions=[{"Region": AWAY}])
    assert added["ReplicationStatus"][0]["Status"] == "InSync"
    assert away.get_secret_value(SecretId="page/00")["SecretString"] == "0"
    away.stop_replication_to_replica(SecretId="page/00")
    here.replicate_secret_to_regions(SecretId="page/01", AddReplicaRegions=[{"Region": AWAY}])
    here.remove_regions_from_replication(SecretId="page/01", RemoveReplicaRegions=[AWAY])
    assert code_of(away.describe_secret, SecretId="page/01") == "ResourceNotFoundException"
    primary = here.describe_secret(SecretId="page/02")["ARN"]
    copy = other.create_secret(Name="copy", KmsKeyId="alias/k", CrossAccountPrimaryARN=primary)["ARN"]
    here.associate_cross_account_replica(SecretId=primary, CrossAccountReplicaARN=copy)
    assert other.get_secret_value(SecretId=copy)["SecretString"] == "2"
    here.disassociate_cross_account_replica(SecretId=primary, CrossAccountReplicaARN=copy)


def rotation_and_deletion(here, function):
    assert code_of(here.rotate_secret, SecretId="b/one") == "InvalidRequestException"
    assert code_of(here.cancel_rotate_secret, SecretId="b/one") == "InvalidRequestException"
    # Accepted although its first step is bound to fail: the value names no key.
    rules = {"ScheduleExpression": "cron(0 8 ? * MON#1 *)", "Duration": "2h"}
    started = here.rotate_secret(SecretId="b/one", RotationLambdaARN=function, RotationRules=rules)
    described = here.describe_secret(SecretId="b/one")
    assert described["RotationEnabled"] and described["RotationRules"] == rules
    assert described["VersionIdsToStages"][started["VersionId"]] == ["AWSPENDING"]
    assert code_of(here.rotate_secret, SecretId="b/one") == "InvalidRequestException"
    assert here.cancel_rotate_secret(SecretId="b/one")["VersionId"] == started["VersionId"]
    here.delete_secret(SecretId="b/one", RecoveryWindowInDays=7)
    assert code_of(here.get_secret_value, SecretId="b/one") == "InvalidRequestException"
    here.restore_secret(SecretId="b/one")
    here.delete_secret(SecretId="b/one", ForceDeleteWithoutRecovery=True)


def caching(here):
    cache = SecretCache(config=SecretCacheConfig(secret_refresh_interval=1), client=here)
    assert cache.get_secret_string("page/03") == "3"
    here.put_secret_value(SecretId="page/03", SecretString="new")
    deadline = time.monotonic() + 30
    while cache.get_secret_string("page/03") != "new":
        assert time.monotonic() < deadline, "the cache never looks again"
        time.sleep(0.1)
    assert cache.get_secret_string("page/03", "AWSPREVIOUS") == "3"
    here.create_secret(Name="page/bytes", SecretBinary=b"\x00\x01")
    assert cache.get_secret_binary("page/bytes") == b"\x00\x01"
    here.create_secret(Name="page/json", SecretString='{"user": "u", "password": "p"}')

    @InjectSecretString("page/04", cache)
    def with_value(value):
        return value

    @InjectKeywordedSecretString("page/json", cache, who="user", how="password")
    def with_members(who, how):
        return who + how

    assert (with_value(), with_members()) == ("4", "up")
    assert code_of(cache.get_secret_string, secret_id="nobody") == "ResourceNotFoundException"


def every_operation(validates, function):
    clients = Clients(validates)
    here = clients.here
    values(here)
    lists(here)
    policies(here)
    copies(clients)
    rotation_and_deletion(here, function)
    caching(here)
    missed = set(here.meta.service_model.operation_names) - clients.called
    assert not missed, f"never called: {missed}"


def what_botocore_would_have_refused():
    try:
        Clients(True).here.get_secret_value(SecretId="")
        raise AssertionError("botocore validates")
    except ParamValidationError:
        pass
    raw = Clients(False).here
    for call, members in [
        (raw.get_secret_value, {"SecretId": ""}),
        (raw.create_secret, {}),
        (raw.create_secret, {"Name": "n" * 513}),
        (raw.list_secrets, {"MaxResults": 101}),
        (raw.list_secrets, {"Filters": [{"Key": "colour", "Values": ["x"]}]}),
        (raw.put_resource_policy, {"SecretId": "s", "ResourcePolicy": "p" * 20_481}),
    ]:
        assert code_of(call, **members) == "ValidationException", members
    assert code_of(raw.get_secret_value, SecretId=7) == "SerializationException"


def reset():
    url = os.environ["AWS_ENDPOINT_URL"] + "/_keywheel/reset"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()


def main(function):
    for validates in (True, False):
        reset()
        every_operation(validates, function)
    what_botocore_would_have_refused()


main(os.environ["BUILTIN_ARN"])
