# What an operator does to secrets with the AWS CLI. $1 is the CLI; the environment says where the
# server is and which function rotates. Each call starts Python anew: calls are few.
aws=$1

fail() {
    echo "$1" >&2
    exit 1
}

expect() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', not '$3'"
}

# Output as one line of words.
words() {
    tr -s '\t\n ' ' ' | sed 's/ $//'
}

sm() {
    "$aws" secretsmanager "$@" --output text
}

refused() {
    code=$1
    shift
    if message=$(sm "$@" 2>&1); then
        fail "$* must fail"
    fi
    case $message in
        *"($code)"*) ;;
        *) fail "$*: not a clear error: $message" ;;
    esac
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'from a file\n' > "$folder/value"
printf '\0\1\377' > "$folder/bytes"

sm create-secret --name cli/one --description "by hand" --tags Key=team,Value=blue \
    --secret-string "file://$folder/value" > /dev/null
expect "a value" "from a file" "$(sm get-secret-value --secret-id cli/one --query SecretString)"
sm create-secret --name cli/two --secret-binary "fileb://$folder/bytes" > /dev/null
expect "bytes" "AAH/" "$(sm get-secret-value --secret-id cli/two --query SecretBinary)"
sm create-secret --name cli/three --secret-string 3 > /dev/null
refused ResourceExistsException create-secret --name cli/three --secret-string 4
refused ValidationException create-secret --name "no blanks"

sm put-secret-value --secret-id cli/three --secret-string next --version-stages AWSPENDING mine > /dev/null
expect "labels" "AWSPENDING mine" "$(sm get-secret-value --secret-id cli/three \
    --version-stage mine --query 'VersionStages' | words)"
expect "the current value" 3 "$(sm get-secret-value --secret-id cli/three --query SecretString)"
sm update-secret --secret-id cli/three --description third > /dev/null

expect "a description" third "$(sm describe-secret --secret-id cli/three --query Description)"
expect "pages" "cli/one cli/three cli/two" "$(sm list-secrets --page-size 1 --sort-by name \
    --sort-order asc --filters Key=name,Values=cli/ --query 'SecretList[].Name' | words)"
first=$(sm list-secrets --max-items 2 --sort-by name --sort-order asc --query 'SecretList[].Name' | head -n 1)
expect "a first page" "cli/one cli/three" "$(echo "$first" | words)"
expect "versions" 2 "$(sm list-secret-version-ids --secret-id cli/three --query 'length(Versions)')"

batch=$(sm batch-get-secret-value --secret-id-list cli/one cli/three nobody \
    --query '[SecretValues[].SecretString, Errors[].ErrorCode]')
expect "a batch" "from a file 3 ResourceNotFoundException" "$(echo "$batch" | words)"

sm tag-resource --secret-id cli/one --tags Key=cost,Value=1 > /dev/null
sm untag-resource --secret-id cli/one --tag-keys team > /dev/null
expect "tags" "cost 1" "$(sm describe-secret --secret-id cli/one --query 'Tags[].[Key,Value]' | words)"

policy='{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"*"}]}'
sm validate-resource-policy --resource-policy "$policy" > /dev/null
sm put-resource-policy --secret-id cli/one --resource-policy "$policy" --block-public-policy > /dev/null
expect "a policy" "$policy" "$(sm get-resource-policy --secret-id cli/one --query ResourcePolicy)"
refused MalformedPolicyDocumentException put-resource-policy --secret-id cli/one --resource-policy nonsense
sm delete-resource-policy --secret-id cli/one > /dev/null
expect "no policy" None "$(sm get-resource-policy --secret-id cli/one --query ResourcePolicy)"

# Accepted, although the function will find no key in that value.
token=$(sm rotate-secret --secret-id cli/one --rotation-lambda-arn "$BUILTIN_ARN" \
    --rotation-rules ScheduleExpression='rate(4 hours)' --query VersionId)
expect "a pending version" AWSPENDING "$(sm describe-secret --secret-id cli/one \
    --query "VersionIdsToStages.\"$token\"")"
refused InvalidRequestException rotate-secret --secret-id cli/one
expect "a cancelled rotation" "$token" "$(sm cancel-rotate-secret --secret-id cli/one --query VersionId)"

sm delete-secret --secret-id cli/one --recovery-window-in-days 7 > /dev/null
refused InvalidRequestException get-secret-value --secret-id cli/one
sm restore-secret --secret-id cli/one > /dev/null
sm delete-secret --secret-id cli/one --force-delete-without-recovery > /dev/null
refused ResourceNotFoundException describe-secret --secret-id cli/one
expect "a password" 21 "$(sm get-random-password --password-length 20 --query RandomPassword | wc -c | tr -d ' ')"
