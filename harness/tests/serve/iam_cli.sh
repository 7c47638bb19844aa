# Roles, a user and their permissions with the AWS CLI. $1 is the CLI; the environment says where
# the server is, which enforces policies and verifies signatures.
aws=$1

fail() {
    echo "$1" >&2
    exit 1
}

trust='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*"}]}'

"$aws" iam create-role --role-name rotator --assume-role-policy-document "$trust" > /dev/null
"$aws" iam put-role-policy --role-name rotator --policy-name p --policy-document "$policy"
"$aws" iam attach-role-policy --role-name rotator \
    --policy-arn arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
[ "$("$aws" iam get-role --role-name rotator --query Role.Arn --output text)" = \
    arn:aws:iam::000000000000:role/rotator ] || fail "another ARN"

"$aws" iam create-user --user-name ann > /dev/null
key=$("$aws" iam create-access-key --user-name ann --output text \
    --query 'AccessKey.[AccessKeyId,SecretAccessKey]')
as_ann() {
    AWS_ACCESS_KEY_ID=$(echo "$key" | cut -f1) AWS_SECRET_ACCESS_KEY=$(echo "$key" | cut -f2) "$aws" "$@"
}
as_ann sts get-caller-identity --query Arn --output text | grep -q "user/ann" || fail "another caller"

"$aws" secretsmanager create-secret --name s --secret-string v > /dev/null
if message=$(as_ann secretsmanager get-secret-value --secret-id s 2>&1); then
    fail "a user without a policy must be refused"
fi
case $message in
    *"(AccessDeniedException)"*"GetSecretValue on resource: s because no identity-based policy"*) ;;
    *) fail "not AWS's text: $message" ;;
esac
"$aws" iam put-user-policy --user-name ann --policy-name p --policy-document "$policy"
[ "$(as_ann secretsmanager get-secret-value --secret-id s --query SecretString --output text)" = v ] ||
    fail "a policy must allow"

if message=$(AWS_SECRET_ACCESS_KEY=wrong "$aws" sts get-caller-identity 2>&1); then
    fail "a wrong secret must be refused"
fi
case $message in
    *"(SignatureDoesNotMatch)"*) ;;
    *) fail "not AWS's code: $message" ;;
esac
if "$aws" sts assume-role --role-arn arn:aws:iam::000000000000:role/rotator \
    --role-session-name s1 > /dev/null 2>&1; then
    fail "the role trusts Lambda only"
fi
