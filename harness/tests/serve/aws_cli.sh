# What an operator does with the AWS CLI. $1 is the CLI; the environment says where the server is.
aws=$1

fail() {
    echo "$1" >&2
    exit 1
}

api=$("$aws" appsync create-graphql-api --name shop --authentication-type API_KEY \
    --query graphqlApi.apiId --output text)
key=$("$aws" appsync create-api-key --api-id "$api" --query apiKey.id --output text)
"$aws" secretsmanager create-secret --name shop/key \
    --secret-string "{\"apiId\":\"$api\",\"APIKEY\":\"$key\"}" > /dev/null
"$aws" secretsmanager rotate-secret --secret-id shop/key \
    --rotation-lambda-arn "$FUNCTION_ARN" --rotation-rules AutomaticallyAfterDays=30 > /dev/null

tries=0
until "$aws" secretsmanager describe-secret --secret-id shop/key --output text \
    --query LastRotatedDate | grep -q "[0-9]"; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || fail "the rotation did not end"
done

new=$("$aws" secretsmanager get-secret-value --secret-id shop/key --query SecretString --output text)
case $new in
    *"$key"*) fail "the key is still the old one" ;;
    *'"APIKEY":"da2-'*) ;;
    *) fail "no key in the new value" ;;
esac
count=$("$aws" appsync list-api-keys --api-id "$api" --query 'length(apiKeys)' --output text)
[ "$count" = 2 ] || fail "two keys are expected, not $count"

events=$("$aws" appsync create-api --name events --query api.apiId --output text --event-config \
    'authProviders=[{authType=API_KEY}],connectionAuthModes=[{authType=API_KEY}],defaultPublishAuthModes=[{authType=API_KEY}],defaultSubscribeAuthModes=[{authType=API_KEY}]')
"$aws" appsync create-channel-namespace --api-id "$events" --name chat > /dev/null
"$aws" appsync create-api-key --api-id "$events" > /dev/null
names=$("$aws" appsync list-channel-namespaces --api-id "$events" --output text \
    --query 'channelNamespaces[].name')
[ "$names" = chat ] || fail "one channel namespace is expected, not $names"
"$aws" appsync delete-api --api-id "$events"

if message=$("$aws" appsync list-types --api-id "$api" --format SDL 2>&1); then
    fail "an operation that is not emulated must fail"
fi
case $message in
    *"(NotImplemented)"*"is not emulated"*) ;;
    *) fail "not a clear error: $message" ;;
esac
