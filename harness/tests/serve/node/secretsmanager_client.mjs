// What an application does to secrets with the JavaScript SDK: each operation that this SDK
// knows, at least once.
import assert from "node:assert/strict";
import * as sdk from "@aws-sdk/client-secrets-manager";

const endpoint = process.env.AWS_ENDPOINT_URL;
const called = new Set();

// A function for each operation, under its name.
function operations(options) {
  const client = new sdk.SecretsManagerClient({ endpoint, region: "us-east-1", ...options });
  const call = (name) => (input) => {
    called.add(name);
    return client.send(new sdk[`${name}Command`](input));
  };
  return new Proxy({}, { get: (_, name) => call(name) });
}

async function refused(type, promise) {
  const error = await promise.then(() => assert.fail("it should have failed"), (error) => error);
  assert.equal(error.name, type);
  assert.equal(error.$metadata.httpStatusCode, 400);
  return error;
}

const here = operations({});
const away = operations({ region: "eu-west-1" });

async function values() {
  const created = await here.CreateSecret({ Name: "js/one", SecretString: "one", Tags: [{ Key: "a", Value: "b" }] });
  const bytes = new Uint8Array(65_536).fill(255);
  const put = await here.PutSecretValue({ SecretId: created.ARN, SecretBinary: bytes });
  const got = await here.GetSecretValue({ SecretId: "js/one" });
  assert.deepEqual(got.SecretBinary, bytes);
  assert.ok(got.CreatedDate instanceof Date);
  assert.ok(Math.abs(got.CreatedDate - Date.now()) < 60_000);
  const updated = await here.UpdateSecret({ SecretId: "js/one", SecretString: "two" });
  await here.UpdateSecretVersionStage({
    SecretId: "js/one", VersionStage: "mine", MoveToVersionId: put.VersionId,
  });
  const { VersionIdsToStages } = await here.DescribeSecret({ SecretId: "js/one" });
  assert.deepEqual(VersionIdsToStages[updated.VersionId], ["AWSCURRENT"]);
  assert.deepEqual(new Set(VersionIdsToStages[put.VersionId]), new Set(["AWSPREVIOUS", "mine"]));
  const { Versions } = await here.ListSecretVersionIds({ SecretId: "js/one", IncludeDeprecated: true });
  assert.equal(Versions.length, 3);
  await here.TagResource({ SecretId: "js/one", Tags: [{ Key: "c", Value: "d" }] });
  await here.UntagResource({ SecretId: "js/one", TagKeys: ["a", "c"] });
  assert.deepEqual((await here.DescribeSecret({ SecretId: "js/one" })).Tags, []);
  const missing = await refused("ResourceNotFoundException", here.GetSecretValue({ SecretId: "nobody" }));
  assert.ok(missing instanceof sdk.ResourceNotFoundException);
  assert.equal(missing.message, "Secrets Manager can't find the specified secret.");
}

async function lists() {
  for (let number = 0; number < 5; number += 1) {
    await here.CreateSecret({ Name: `js/page/${number}`, SecretString: `${number}` });
  }
  const filters = [{ Key: "name", Values: ["js/page/"] }];
  const client = new sdk.SecretsManagerClient({ endpoint, region: "us-east-1" });
  const sizes = [];
  for await (const page of sdk.paginateListSecrets({ client, pageSize: 2 }, { Filters: filters })) {
    sizes.push(page.SecretList.length);
  }
  assert.deepEqual(sizes, [2, 2, 1]);
  called.add("ListSecrets");
  const batch = await here.BatchGetSecretValue({ SecretIdList: ["js/page/0", "nobody"] });
  assert.equal(batch.SecretValues[0].SecretString, "0");
  assert.equal(batch.Errors[0].ErrorCode, "ResourceNotFoundException");
  const { NextToken } = await here.BatchGetSecretValue({ Filters: filters, MaxResults: 1 });
  await refused("InvalidNextTokenException", here.BatchGetSecretValue({ Filters: [{ Key: "all", Values: ["x"] }], NextToken }));
  const { RandomPassword } = await here.GetRandomPassword({ PasswordLength: 12, ExcludePunctuation: true });
  assert.match(RandomPassword, /^[A-Za-z0-9]{12}$/);
}

async function policies() {
  const ResourcePolicy = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*" }] });
  const SecretId = "js/one";
  await refused("PublicPolicyException", here.PutResourcePolicy({ SecretId, ResourcePolicy, BlockPublicPolicy: true }));
  await here.PutResourcePolicy({ SecretId, ResourcePolicy });
  assert.equal((await here.GetResourcePolicy({ SecretId })).ResourcePolicy, ResourcePolicy);
  assert.equal((await here.ValidateResourcePolicy({ ResourcePolicy })).PolicyValidationPassed, false);
  await here.DeleteResourcePolicy({ SecretId });
}

async function copies() {
  const AddReplicaRegions = [{ Region: "eu-west-1" }];
  for (const SecretId of ["js/page/0", "js/page/1"]) {
    await here.ReplicateSecretToRegions({ SecretId, AddReplicaRegions });
  }
  assert.equal((await away.GetSecretValue({ SecretId: "js/page/0" })).SecretString, "0");
  await away.StopReplicationToReplica({ SecretId: "js/page/0" });
  await here.RemoveRegionsFromReplication({ SecretId: "js/page/1", RemoveReplicaRegions: ["eu-west-1"] });
}

async function rotationAndDeletion() {
  const SecretId = "js/one";
  const rules = { AutomaticallyAfterDays: 30, Duration: "3h" };
  const missing = { RotationLambdaARN: "arn:aws:lambda:us-east-1:000000000000:function:none" };
  await refused("AccessDeniedException", here.RotateSecret({ SecretId, ...missing, RotationRules: rules }));
  assert.equal((await here.DescribeSecret({ SecretId })).RotationEnabled, undefined);
  // Accepted, although the function will find no key in that value.
  const rotating = await here.RotateSecret({
    SecretId, RotationLambdaARN: process.env.BUILTIN_ARN, RotationRules: rules,
  });
  const described = await here.DescribeSecret({ SecretId });
  assert.deepEqual(described.RotationRules, rules);
  assert.ok(described.NextRotationDate instanceof Date);
  await refused("InvalidRequestException", here.RotateSecret({ SecretId }));
  const cancelled = await here.CancelRotateSecret({ SecretId });
  assert.equal(cancelled.VersionId, rotating.VersionId);
  const { DeletionDate } = await here.DeleteSecret({ SecretId, RecoveryWindowInDays: 7 });
  assert.ok(DeletionDate > Date.now());
  await here.RestoreSecret({ SecretId });
  await here.DeleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
}

await values();
await lists();
await policies();
await copies();
await rotationAndDeletion();
const known = Object.keys(sdk).filter((name) => /^[A-Z].*Command$/.test(name) && name !== "$Command");
assert.ok(known.length >= 23);
assert.deepEqual(known.filter((name) => !called.has(name.replace(/Command$/, ""))), []);
