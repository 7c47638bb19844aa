data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# AppSync documents no resource for key operations: denials name the paths, policies that work in
# the field use the API's ARN.
data "aws_iam_policy_document" "rotate" {
  statement {
    sid = "RotateTheSecret"
    actions = [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
      "secretsmanager:PutSecretValue",
      "secretsmanager:UpdateSecretVersionStage",
    ]
    resources = [var.secret_arn]
  }

  statement {
    sid       = "ListAndCreateKeys"
    actions   = ["appsync:ListApiKeys", "appsync:CreateApiKey"]
    resources = ["${local.appsync}:/v1/apis/${var.api_id}/apikeys", "${local.appsync}:apis/${var.api_id}"]
  }

  statement {
    sid       = "ExtendAndRetireKeys"
    actions   = ["appsync:UpdateApiKey", "appsync:DeleteApiKey"]
    resources = ["${local.appsync}:/v1/apis/${var.api_id}/apikeys/*", "${local.appsync}:apis/${var.api_id}"]
  }

  statement {
    sid     = "FindWhereTheApiAnswers"
    actions = ["appsync:GetGraphqlApi", "appsync:GetApi"]
    resources = [
      "${local.appsync}:apis/${var.api_id}",
      "${local.appsync}:/v1/apis/${var.api_id}",
      "${local.appsync}:/v2/apis/${var.api_id}",
    ]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.rotator.arn}:*"]
  }

  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UseTheSecretsKmsKey"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["secretsmanager.${data.aws_region.here.name}.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "rotator" {
  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assume.json
}

resource "aws_iam_role_policy" "rotate" {
  name   = "rotate"
  role   = aws_iam_role.rotator.id
  policy = data.aws_iam_policy_document.rotate.json
}

data "aws_iam_policy_document" "assume_scheduler" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.here.account_id]
    }
  }
}

data "aws_iam_policy_document" "invoke" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.rotator.arn]
  }
}

resource "aws_iam_role" "scheduler" {
  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assume_scheduler.json
}

resource "aws_iam_role_policy" "invoke" {
  name   = "invoke"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.invoke.json
}
