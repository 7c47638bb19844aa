locals {
  alarms = {
    current-key-runs-out = {
      description = "The key named by AWSCURRENT lives for less than one interval more. See the error types in the log."
      metric      = "CurrentKeyDaysToExpiry"
      statistic   = "Minimum"
      comparison  = "LessThanThreshold"
      threshold   = var.rotation_days
    }
    api-is-near-its-limit = {
      description = "The API has more than 40 of its 50 keys. Delete foreign ones that nobody uses."
      metric      = "KeysTotal"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = 40
    }
    rotation-is-stuck = {
      description = "A version has carried AWSPENDING for more than a day; rotation is refused until it is cured."
      metric      = "PendingAgeHours"
      statistic   = "Maximum"
      comparison  = "GreaterThanThreshold"
      threshold   = 24
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "alarm" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = "AppSyncKeyRotator"
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  period              = 86400
  evaluation_periods  = 1
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_topic_arn[*]
}

resource "aws_cloudwatch_event_rule" "rotation_trouble" {
  name_prefix = "${var.name}-"
  description = "A rotation of the secret failed or was abandoned."

  event_pattern = jsonencode({
    source = ["aws.secretsmanager"]
    detail = {
      eventName           = ["RotationFailed", "RotationAbandoned"]
      additionalEventData = { SecretId = [var.secret_arn] }
    }
  })
}

resource "aws_cloudwatch_event_target" "topic" {
  count = var.alarm_topic_arn == null ? 0 : 1

  rule = aws_cloudwatch_event_rule.rotation_trouble.name
  arn  = var.alarm_topic_arn
}
