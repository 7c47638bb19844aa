# Rotates one AppSync API key kept in Secrets Manager.

data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

data "aws_region" "here" {}

locals {
  appsync = "arn:${data.aws_partition.here.partition}:appsync:${data.aws_region.here.name}:${data.aws_caller_identity.here.account_id}"
}

resource "aws_cloudwatch_log_group" "rotator" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_lambda_function" "rotator" {
  function_name    = var.name
  role             = aws_iam_role.rotator.arn
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = [var.architecture]
  memory_size      = 128
  timeout          = 120

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.rotator.name
  }

  environment {
    variables = merge({ AppSyncApiId = var.api_id, SECRET_ARN = var.secret_arn }, var.environment)
  }

  depends_on = [aws_iam_role_policy.rotate]
}

resource "aws_lambda_permission" "secrets_manager" {
  statement_id   = "SecretsManagerRotates"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.rotator.function_name
  principal      = "secretsmanager.amazonaws.com"
  source_account = data.aws_caller_identity.here.account_id
}

resource "aws_secretsmanager_secret_rotation" "schedule" {
  secret_id           = var.secret_arn
  rotation_lambda_arn = aws_lambda_function.rotator.arn
  rotate_immediately  = var.rotate_immediately

  rotation_rules {
    automatically_after_days = var.rotation_days
  }

  # Without the permission the first invocation fails.
  depends_on = [aws_lambda_permission.secrets_manager]
}

resource "aws_scheduler_schedule" "sweep" {
  name_prefix         = "${var.name}-"
  description         = "Extends and retires keys between rotations."
  schedule_expression = "rate(1 day)"

  flexible_time_window {
    mode                      = "FLEXIBLE"
    maximum_window_in_minutes = 60
  }

  target {
    arn      = aws_lambda_function.rotator.arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode({ Step = "sweep" })
  }
}
