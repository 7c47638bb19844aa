# A whole deployment of a rotation, as teams write it: everything that `.ci/terraform` applies,
# changes, imports and destroys against `keywheel serve`.

terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "endpoint" {
  description = "Where the emulator answers."
  type        = string
}

variable "package" {
  description = "Path of the function's archive."
  type        = string
}

variable "stage" {
  description = "1 makes everything; 2 changes each thing."
  type        = number
  default     = 1
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true

  endpoints {
    appsync        = var.endpoint
    iam            = var.endpoint
    lambda         = var.endpoint
    logs           = var.endpoint
    secretsmanager = var.endpoint
    sts            = var.endpoint
  }

  default_tags {
    tags = { deployed-by = "terraform" }
  }
}

locals {
  is_second = var.stage == 2
  word      = local.is_second ? "second" : "first"
}

data "aws_caller_identity" "here" {}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "rotate" {
  statement {
    actions = [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [aws_secretsmanager_secret.key.arn]
  }
}

resource "aws_appsync_graphql_api" "shop" {
  name                = "shop-${local.word}"
  authentication_type = "API_KEY"
  schema              = local.is_second ? "type Query { items: [String] count: Int }" : "type Query { items: [String] }"
}

resource "aws_appsync_api_key" "key" {
  api_id      = aws_appsync_graphql_api.shop.id
  description = local.word
  expires     = local.is_second ? timeadd("2027-06-01T00:00:00Z", "24h") : "2027-06-01T00:00:00Z"
}

resource "aws_secretsmanager_secret" "key" {
  name                    = "shop/key"
  description             = local.word
  recovery_window_in_days = 0
  tags                    = local.is_second ? { team = "two" } : { team = "one", old = "yes" }

  dynamic "replica" {
    for_each = local.is_second ? ["us-west-2", "eu-west-1"] : ["us-west-2"]
    content {
      region = replica.value
    }
  }
}

resource "aws_secretsmanager_secret_version" "key" {
  secret_id     = aws_secretsmanager_secret.key.id
  secret_string = jsonencode({ apiKey = "given-${local.word}" })

  # What rotates it is the function.
  lifecycle {
    ignore_changes = [secret_string, version_stages]
  }
}

resource "aws_secretsmanager_secret_policy" "key" {
  secret_arn = aws_secretsmanager_secret.key.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = local.word
      Effect    = "Allow"
      Principal = { AWS = aws_iam_role.function.arn }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "function" {
  name                 = "rotation"
  description          = local.word
  assume_role_policy   = data.aws_iam_policy_document.assume.json
  max_session_duration = local.is_second ? 7200 : 3600
  tags                 = { stage = local.word }
}

resource "aws_iam_role_policy" "rotate" {
  name   = "rotate"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.rotate.json
}

resource "aws_iam_policy" "keys" {
  name        = "keys"
  description = "Makes and retires keys."
  tags        = { stage = local.word }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.is_second ? ["appsync:*"] : ["appsync:ListApiKeys", "appsync:CreateApiKey"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "keys" {
  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.keys.arn
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_user" "reader" {
  name = "reader"
  tags = { stage = local.word }
}

resource "aws_iam_user_policy" "read" {
  name   = "read"
  user   = aws_iam_user.reader.name
  policy = data.aws_iam_policy_document.rotate.json
}

resource "aws_iam_access_key" "reader" {
  user   = aws_iam_user.reader.name
  status = local.is_second ? "Inactive" : "Active"
}

resource "aws_cloudwatch_log_group" "function" {
  name              = "/aws/lambda/rotator"
  retention_in_days = local.is_second ? 14 : 7
  tags              = { stage = local.word }
}

resource "aws_lambda_function" "rotator" {
  function_name    = "rotator"
  description      = local.word
  role             = aws_iam_role.function.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "index.handler"
  runtime          = local.is_second ? "python3.13" : "python3.12"
  timeout          = local.is_second ? 60 : 30
  publish          = true
  tags             = { stage = local.word }

  logging_config {
    log_format            = local.is_second ? "JSON" : "Text"
    log_group             = aws_cloudwatch_log_group.function.name
    application_log_level = local.is_second ? "INFO" : null
    system_log_level      = local.is_second ? "WARN" : null
  }

  environment {
    variables = { STAGE = local.word }
  }

  depends_on = [aws_iam_role_policy.rotate]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = local.word
  function_name    = aws_lambda_function.rotator.function_name
  function_version = "1"

  dynamic "routing_config" {
    for_each = local.is_second ? [0.25] : []
    content {
      additional_version_weights = { "2" = routing_config.value }
    }
  }
}

resource "aws_lambda_permission" "secrets_manager" {
  statement_id   = "SecretsManagerRotates"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotator.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = data.aws_caller_identity.here.account_id
  source_arn     = local.is_second ? aws_secretsmanager_secret.key.arn : null
}

resource "aws_lambda_permission" "of_the_alias" {
  statement_id  = "OfTheAlias"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.rotator.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "secretsmanager.amazonaws.com"
}

resource "aws_secretsmanager_secret_rotation" "key" {
  secret_id           = aws_secretsmanager_secret.key.id
  rotation_lambda_arn = aws_lambda_function.rotator.arn

  rotation_rules {
    automatically_after_days = local.is_second ? 60 : 30
  }

  depends_on = [aws_lambda_permission.secrets_manager, aws_secretsmanager_secret_version.key]
}
