// What a user of node:test does, with the packages as they are installed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { before, after, beforeEach, test } from "node:test";

import { Keywheel, binary, forTests } from "keywheel";

const keywheel = forTests({ before, after, beforeEach });

/** A call of Secrets Manager, without an SDK. */
async function secrets(operation, body) {
  const response = await fetch(keywheel.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${operation}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(body),
  });
  return response.json();
}

test("a secret is made, and the next test begins without it", async () => {
  const made = await secrets("CreateSecret", {
    Name: "s",
    SecretString: "x",
    ClientRequestToken: "t".repeat(32),
  });
  assert.match(made.ARN, /:secret:s-/);
  assert.equal((await keywheel.journal()).length > 0, true);
});

test("each test begins with nothing", async () => {
  assert.deepEqual((await secrets("ListSecrets", {})).SecretList, []);
  assert.deepEqual(await keywheel.faults(), []);
});

test("time goes by when a test says so", async () => {
  const before = await keywheel.clock.now();
  const after = await keywheel.clock.advance("31d");
  assert.equal(after - before, 31 * 24 * 3600 * 1000);
  await assert.rejects(keywheel.clock.advance("soon"));
});

test("a fault is injected, and one that is none is refused", async () => {
  const fault = await keywheel.fault("PutSecretValue", "throttled");
  assert.equal(fault.at ?? fault.rule?.at, "PutSecretValue");
  await assert.rejects(keywheel.fault("PutSecretValue", "answer-lots"), /did you mean/);
});

test("a taken port is left alone", async () => {
  const taken = createServer();
  await new Promise((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address();
  const other = await Keywheel.start({ port });
  assert.notEqual(new URL(other.url).port, String(port));
  await other.stop();
  taken.close();
});

test("the command is in the package, and its exit codes are its own", () => {
  const bin = new URL("../node_modules/.bin/keywheel", import.meta.url).pathname;
  assert.match(execFileSync(bin, ["--version"], { encoding: "utf8" }), /^keywheel /);
  assert.equal(spawnSync(bin, ["no-such-command"]).status, 2);
});

test("a platform without a package is told what to do", () => {
  assert.throws(() => binary("plan9", "mips"), /no package for plan9-mips.*KEYWHEEL_BINARY/s);
  assert.throws(() => binary("darwin", "arm64"), /not installed/);
});
