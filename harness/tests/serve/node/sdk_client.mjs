// What an application does with the JavaScript SDK, from the first Event API to a deleted key.
import assert from "node:assert/strict";
import {
  AppSyncClient,
  CreateApiCommand,
  CreateApiKeyCommand,
  CreateChannelNamespaceCommand,
  CreateGraphqlApiCommand,
  DeleteApiCommand,
  DeleteApiKeyCommand,
  DeleteChannelNamespaceCommand,
  GetApiCommand,
  GetChannelNamespaceCommand,
  ListApiKeysCommand,
  ListApisCommand,
  ListChannelNamespacesCommand,
  UpdateApiCommand,
  UpdateApiKeyCommand,
  UpdateChannelNamespaceCommand,
} from "@aws-sdk/client-appsync";

const client = new AppSyncClient({ region: "us-east-1", endpoint: process.env.AWS_ENDPOINT_URL });
const call = (Command, input) => client.send(new Command(input));

async function refused(name, status, promise) {
  const error = await promise.then(() => assert.fail("it should have failed"), (error) => error);
  assert.equal(error.name, name);
  assert.equal(error.$metadata.httpStatusCode, status);
}

const modes = [{ authType: "API_KEY" }];
const eventConfig = {
  authProviders: modes,
  connectionAuthModes: modes,
  defaultPublishAuthModes: modes,
  defaultSubscribeAuthModes: modes,
};
const { api } = await call(CreateApiCommand, { name: "events", eventConfig, tags: { team: "a" } });
const { apiId } = api;
assert.ok(api.created instanceof Date);
assert.deepEqual((await call(GetApiCommand, { apiId })).api, api);
const renamed = await call(UpdateApiCommand, { apiId, name: "renamed", eventConfig });
assert.equal(renamed.api.name, "renamed");
assert.equal((await call(ListApisCommand, {})).apis.length, 1);

const namespace = { apiId, name: "chat" };
const made = await call(CreateChannelNamespaceCommand, { ...namespace, publishAuthModes: modes });
assert.deepEqual(made.channelNamespace.publishAuthModes, modes);
await refused("ConflictException", 409, call(CreateChannelNamespaceCommand, namespace));
await call(UpdateChannelNamespaceCommand, namespace);
const got = await call(GetChannelNamespaceCommand, namespace);
assert.equal(got.channelNamespace.publishAuthModes, undefined);
const listed = await call(ListChannelNamespacesCommand, { apiId });
assert.deepEqual(listed.channelNamespaces.map(({ name }) => name), ["chat"]);
await call(DeleteChannelNamespaceCommand, namespace);
await refused("NotFoundException", 404, call(GetChannelNamespaceCommand, namespace));

const { graphqlApi } = await call(CreateGraphqlApiCommand, { name: "g", authenticationType: "API_KEY" });
for (const id of [apiId, graphqlApi.apiId]) {
  const { apiKey } = await call(CreateApiKeyCommand, { apiId: id });
  assert.match(apiKey.id, /^da2-[a-z2-7]{26}$/);
  await call(UpdateApiKeyCommand, { apiId: id, id: apiKey.id, description: "mine" });
  const { apiKeys } = await call(ListApiKeysCommand, { apiId: id });
  assert.equal(apiKeys[0].description, "mine");
  await call(DeleteApiKeyCommand, { apiId: id, id: apiKey.id });
  await refused("NotFoundException", 404, call(DeleteApiKeyCommand, { apiId: id, id: apiKey.id }));
}
await refused("BadRequestException", 400, call(CreateApiCommand, { name: "", eventConfig }));
await call(DeleteApiCommand, { apiId });
await refused("NotFoundException", 404, call(GetApiCommand, { apiId }));
