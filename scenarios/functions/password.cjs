// Rotates a random password: the four steps, with the JavaScript SDK, run as a Lambda function is
// run.
//
//     keywheel test scenarios/password --function 'process:node scenarios/functions/password.cjs'

const {
  SecretsManagerClient,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} = require('@aws-sdk/client-secrets-manager');

// A call that is not answered must not take the step's whole time.
const secrets = new SecretsManagerClient({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
});

async function handler({ Step, SecretId, ClientRequestToken: token }) {
  const stages = (await versions(SecretId))[token];
  if (!stages) throw new Error('the version of this token is not there');
  if (stages.includes('AWSCURRENT') && !stages.includes('AWSPENDING')) return; // It has been rotated.
  const steps = { createSecret: create, setSecret: set, testSecret: test, finishSecret: finish };
  if (!Object.hasOwn(steps, Step)) throw new Error('there is no such step');
  await steps[Step](SecretId, token);
}

// Stores a value with a new password, unless an earlier try has done so.
async function create(SecretId, token) {
  if ((await pending(SecretId, token)) !== undefined) return;
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  const random = new GetRandomPasswordCommand({ PasswordLength: 32, ExcludeCharacters: '"\'\\/@' });
  const { RandomPassword: password } = await secrets.send(random);
  const value = { ...JSON.parse(SecretString), password };
  try {
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: token,
        SecretString: JSON.stringify(value),
        VersionStages: ['AWSPENDING'],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceExistsException)) throw error;
    console.log('another run was faster');
  }
}

// Where a database would be told.
async function set(SecretId, token) {
  if ((await pending(SecretId, token)) === undefined) throw new Error('nothing is pending');
}

// Where one would log in to it.
async function test(SecretId, token) {
  const value = await pending(SecretId, token);
  if (value === undefined || !JSON.parse(value).password) throw new Error('nothing to try');
}

// Moves AWSCURRENT to the version of the token.
async function finish(SecretId, token) {
  const before = await versions(SecretId);
  const current = Object.keys(before).find((id) => before[id].includes('AWSCURRENT'));
  if (current !== token) {
    await move(SecretId, 'AWSCURRENT', { MoveToVersionId: token, RemoveFromVersionId: current });
  }
  const after = await versions(SecretId);
  if (after[token]?.includes('AWSPENDING')) {
    await move(SecretId, 'AWSPENDING', { RemoveFromVersionId: token });
  }
}

async function move(SecretId, VersionStage, how) {
  await secrets.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, ...how }));
}

async function versions(SecretId) {
  const answer = await secrets.send(new DescribeSecretCommand({ SecretId }));
  return answer.VersionIdsToStages ?? {};
}

async function pending(SecretId, VersionId) {
  const wanted = { SecretId, VersionId, VersionStage: 'AWSPENDING' };
  try {
    return (await secrets.send(new GetSecretValueCommand(wanted))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

// The Lambda Runtime API: an event is asked for, its end is told, and again.
async function serve(runtime) {
  const base = `http://${runtime}/2018-06-01/runtime/invocation`;
  for (;;) {
    const next = await fetch(`${base}/next`);
    const id = next.headers.get('lambda-runtime-aws-request-id');
    const event = await next.json();
    let [path, end] = ['response', null];
    try {
      await handler(event);
    } catch (error) {
      console.error(`${event.Step} failed: ${error.name}`);
      [path, end] = ['error', { errorType: error.name, errorMessage: error.message }];
    }
    const answer = await fetch(`${base}/${id}/${path}`, { method: 'POST', body: JSON.stringify(end) });
    await answer.text();
  }
}

module.exports = { handler };

if (require.main === module) serve(process.env.AWS_LAMBDA_RUNTIME_API);
