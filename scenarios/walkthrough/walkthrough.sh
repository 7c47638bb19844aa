# The whole walkthrough with the aws CLI: sh walkthrough.sh AWS PYTHON WAY, where WAY is token,
# current, template or builtin. AWS_ENDPOINT_URL says where the server is.
set -eu
aws=$1 python=$2 way=$3
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
account=$("$aws" sts get-caller-identity --query Account --output text)

fail() {
    echo "$way: $1" >&2
    "$aws" logs filter-log-events --log-group-name /aws/lambda/rotation --query 'events[].message' >&2 || true
    exit 1
}

# Tries a command until it succeeds.
until_true() {
    tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || fail "waited too long for: $*"
        sleep 0.2
    done
}

logged() {
    "$aws" logs filter-log-events --log-group-name "/aws/lambda/$function" --filter-pattern "\"$1\"" \
        --query 'events[].message' --output text 2> /dev/null | grep -q "$1"
}

describe() {
    "$aws" secretsmanager describe-secret --secret-id shop/key --query "$1" --output text
}

current() {
    "$aws" secretsmanager get-secret-value --secret-id shop/key --query SecretString --output text
}

keys() {
    "$aws" appsync list-api-keys --api-id "$api" --query 'apiKeys[].id' --output text
}

# An API with a key, which is what the secret holds.
api=$("$aws" appsync create-graphql-api --name shop --authentication-type API_KEY \
    --query graphqlApi.apiId --output text)
old=$("$aws" appsync create-api-key --api-id "$api" --query apiKey.id --output text)

if [ "$way" = builtin ]; then
    function=keywheel-rotator
    arn=arn:aws:lambda:$AWS_DEFAULT_REGION:$account:function:$function
    value="{\"apiId\":\"$api\",\"APIKEY\":\"$old\"}"
else
    function=rotation
    case $way in template) file=template ;; *) file=seed ;; esac
    value="{\"APIKEY\":\"$old\"}"
    # The role and what it may do.
    role=$("$aws" iam create-role --role-name rotation --query Role.Arn --output text \
        --assume-role-policy-document "file://$here/trust.json")
    "$aws" iam put-role-policy --role-name rotation --policy-name rotation \
        --policy-document "file://$here/policy.json"
    # The function and its environment variables.
    (cd "$here" && "$python" -m zipfile -c "$work/function.zip" "$file.py")
    cat > "$work/environment.json" << END
{"Variables": {"AppSyncApiId": "$api", "SECRETS_MANAGER_ENDPOINT": "$AWS_ENDPOINT_URL",
               "EXCLUDE_CHARACTERS": "/@\"'\\\\", "STORE": "$way"}}
END
    arn=$("$aws" lambda create-function --function-name rotation --runtime python3.12 --role "$role" \
        --handler "$file.lambda_handler" --timeout 30 --memory-size 256 \
        --zip-file "fileb://$work/function.zip" --environment "file://$work/environment.json" \
        --query FunctionArn --output text)
    "$aws" lambda wait function-active-v2 --function-name rotation
fi

"$aws" secretsmanager create-secret --name shop/key --secret-string "$value" > /dev/null

if [ "$way" != builtin ]; then
    # Without its permission nothing is rotated, and nothing is saved.
    if refusal=$("$aws" secretsmanager rotate-secret --secret-id shop/key --rotation-lambda-arn "$arn" 2>&1); then
        fail "a function without a permission must be refused"
    fi
    case $refusal in
        *AccessDeniedException*secretsmanager.amazonaws.com*) ;;
        *) fail "not the refusal that AWS gives: $refusal" ;;
    esac
    "$aws" lambda add-permission --function-name rotation --statement-id secretsmanager \
        --action lambda:InvokeFunction --principal secretsmanager.amazonaws.com \
        --source-account "$account" > /dev/null
fi

"$aws" secretsmanager rotate-secret --secret-id shop/key --rotation-lambda-arn "$arn" \
    --rotation-rules AutomaticallyAfterDays=30 > /dev/null

rotated() {
    describe LastRotatedDate | grep -q '[0-9]'
}

refused_again() {
    if again=$("$aws" secretsmanager rotate-secret --secret-id shop/key 2>&1); then
        fail "a rotation that is not complete must block the next"
    fi
    case $again in
        *"A previous rotation isn't complete"*) ;;
        *) fail "not the refusal that AWS gives: $again" ;;
    esac
}

# Both sides, and the logs.
case $way in
    builtin)
        until_true rotated
        [ "$(current)" != "$value" ] || fail "the value is the old one"
        keys | grep -q "$old" || fail "the old key must live on for a while"
        [ "$(keys | wc -w)" = 2 ] || fail "two keys are expected"
        until_true logged REPORT
        ;;
    template)
        until_true rotated
        [ "$(current | tr -d '\n' | wc -c)" = 32 ] || fail "no new random value"
        until_true logged "Successfully set AWSCURRENT"
        logged "Successfully put secret" || fail "the log misses createSecret"
        ;;
    token)
        until_true logged NotImplementedError
        [ "$(current)" = "$value" ] || fail "the old value must stay current"
        [ "$(keys | wc -w)" = 2 ] || fail "one key must be left over"
        keys | grep -q "$old" || fail "the old key must live"
        refused_again
        ;;
    current)
        until_true logged "stored a new key"
        until_true [ "$(current)" != "$value" ]
        until_true sh -c "! \"$aws\" appsync list-api-keys --api-id $api --output text | grep -q $old"
        if rotated; then fail "the service must not count this as a rotation"; fi
        if describe 'VersionIdsToStages.*[]' | grep -q AWSPENDING; then
            fail "an abandoned rotation leaves no AWSPENDING"
        fi
        ;;
    *) fail "no such way" ;;
esac
echo "$way: as it must be"
