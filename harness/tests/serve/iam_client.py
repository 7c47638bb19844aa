"""What a user does with IAM, STS and signatures through boto3. The environment says where."""

import os
import sys

import boto3
from botocore.exceptions import ClientError

REGION = "us-east-1"
URL = os.environ["AWS_ENDPOINT_URL"]
TRUST = """{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"},
  {"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"""


def allow(action, resource="*"):
    return (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"%s"}]}'
        % (action, resource)
    )


def client(service, **keys):
    return boto3.client(service, region_name=REGION, **keys)


def refused(call, *expected, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        assert (code, status) == expected, (code, status, str(error))
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{call} must be refused with {expected}")


iam, sts = client("iam"), client("sts")
assert sts.get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"

role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST, Tags=[{"Key": "a", "Value": "b"}])
assert role["Role"]["AssumeRolePolicyDocument"]["Version"] == "2012-10-17", role
assert iam.get_role(RoleName="r")["Role"]["Tags"] == [{"Key": "a", "Value": "b"}]
assert [it["RoleName"] for it in iam.get_paginator("list_roles").paginate().build_full_result()["Roles"]] == ["r"]
iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=allow("appsync:*"))
assert iam.get_role_policy(RoleName="r", PolicyName="p")["PolicyDocument"]["Statement"]
assert iam.list_role_policies(RoleName="r")["PolicyNames"] == ["p"]
assert iam.list_instance_profiles_for_role(RoleName="r")["InstanceProfiles"] == []
iam.update_assume_role_policy(RoleName="r", PolicyDocument=TRUST)

arn = iam.create_policy(PolicyName="m", PolicyDocument=allow("secretsmanager:ListSecrets"))["Policy"]["Arn"]
iam.attach_role_policy(RoleName="r", PolicyArn=arn)
assert iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"][0]["PolicyArn"] == arn
assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]["Statement"]
assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1
refused(iam.delete_policy, "DeleteConflict", 409, PolicyArn=arn)
refused(iam.get_role, "NoSuchEntity", 404, RoleName="x")
try:
    iam.get_role(RoleName="x")
except iam.exceptions.NoSuchEntityException:
    pass
refused(iam.create_role, "MalformedPolicyDocument", 400, RoleName="y", AssumeRolePolicyDocument="{")

iam.create_user(UserName="ann")
assert iam.get_user(UserName="ann")["User"]["Arn"] == "arn:aws:iam::000000000000:user/ann"
key = iam.create_access_key(UserName="ann")["AccessKey"]
assert len(iam.list_access_keys(UserName="ann")["AccessKeyMetadata"]) == 1
ann = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
assert client("sts", **ann).get_caller_identity()["Arn"].endswith(":user/ann")

message = refused(client("secretsmanager", **ann).list_secrets, "AccessDeniedException", 400)
assert message == (
    "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: "
    "secretsmanager:ListSecrets because no identity-based policy allows the "
    "secretsmanager:ListSecrets action"
), message
refused(client("appsync", **ann).list_graphql_apis, "AccessDeniedException", 403)
refused(client("iam", **ann).list_roles, "AccessDenied", 403)
iam.put_user_policy(UserName="ann", PolicyName="p", PolicyDocument=allow("sts:AssumeRole", role["Role"]["Arn"]))
assert iam.list_user_policies(UserName="ann")["PolicyNames"] == ["p"]
assert iam.get_user_policy(UserName="ann", PolicyName="p")["PolicyDocument"]["Statement"]
admin = "arn:aws:iam::aws:policy/AdministratorAccess"
iam.attach_user_policy(UserName="ann", PolicyArn=admin)
assert iam.list_attached_user_policies(UserName="ann")["AttachedPolicies"][0]["PolicyArn"] == admin
client("secretsmanager", **ann).list_secrets()
iam.detach_user_policy(UserName="ann", PolicyArn=admin)

session = client("sts", **ann).assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="s1")
keys = session["Credentials"]
session_keys = {
    "aws_access_key_id": keys["AccessKeyId"],
    "aws_secret_access_key": keys["SecretAccessKey"],
    "aws_session_token": keys["SessionToken"],
}
assert client("sts", **session_keys).get_caller_identity()["Arn"] == session["AssumedRoleUser"]["Arn"]
client("secretsmanager", **session_keys).list_secrets()
client("appsync", **session_keys).list_graphql_apis()
refused(client("iam", **session_keys).list_roles, "AccessDenied", 403)

if "verify" in sys.argv:
    wrong = dict(ann, aws_secret_access_key="wrong")
    refused(client("sts", **wrong).get_caller_identity, "SignatureDoesNotMatch", 403)
    refused(client("secretsmanager", **wrong).list_secrets, "InvalidSignatureException", 400)
    refused(client("appsync", **wrong).list_graphql_apis, "InvalidSignatureException", 403)
    unknown = dict(ann, aws_access_key_id="AKIAIOSFODNN7EXAMPLE")
    refused(client("sts", **unknown).get_caller_identity, "InvalidClientTokenId", 403)
    refused(client("secretsmanager", **unknown).list_secrets, "UnrecognizedClientException", 400)
    no_token = dict(session_keys, aws_session_token=None)
    refused(client("sts", **no_token).get_caller_identity, "InvalidClientTokenId", 403)
    # The query form, as a presigned URL.
    import urllib.request

    url = client("sts", **session_keys).generate_presigned_url("get_caller_identity", HttpMethod="GET")
    with urllib.request.urlopen(url) as answer:
        assert "assumed-role/r/s1" in answer.read().decode()

iam.delete_access_key(UserName="ann", AccessKeyId=key["AccessKeyId"])
iam.delete_user_policy(UserName="ann", PolicyName="p")
iam.delete_user(UserName="ann")
iam.detach_role_policy(RoleName="r", PolicyArn=arn)
iam.delete_policy(PolicyArn=arn)
iam.delete_role_policy(RoleName="r", PolicyName="p")
iam.delete_role(RoleName="r")
assert iam.list_roles()["Roles"] == []

# The least policy of what ann did is enough for another user who does the same.
import json
import urllib.request

with urllib.request.urlopen(URL + "/_keywheel/iam/report") as answer:
    report = {it["principal"]: it for it in json.load(answer)["principals"]}
observed = report["arn:aws:iam::000000000000:user/ann"]
assert any("secretsmanager:ListSecrets" in it["message"] for it in observed["refused"]), observed
iam.create_user(UserName="bob")
iam.put_user_policy(UserName="bob", PolicyName="p", PolicyDocument=json.dumps(observed["leastPolicy"]))
key = iam.create_access_key(UserName="bob")["AccessKey"]
bob = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
client("secretsmanager", **bob).list_secrets()
client("appsync", **bob).list_graphql_apis()
client("iam", **bob).list_roles()
refused(client("iam", **bob).get_user, "AccessDenied", 403, UserName="bob")
