variable "name" {
  description = "Name of the function, its role and its log group."
  type        = string
  default     = "appsync-key-rotator"
}

variable "secret_arn" {
  description = "Full ARN of the secret with the key. Its first version must exist before rotation starts."
  type        = string

  validation {
    condition     = can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:.+-[A-Za-z0-9]{6}$", var.secret_arn))
    error_message = "Give the full ARN of the secret, with its six random characters."
  }
}

variable "api_id" {
  description = "Id of the AppSync API, as in its ARN."
  type        = string
}

variable "package" {
  description = "Path of bootstrap.zip, as `cargo lambda build --release --arm64 --output-format zip` makes it."
  type        = string
}

variable "architecture" {
  description = "What the package was built for: arm64 or x86_64."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "rotation_days" {
  description = "Days between rotations; AppSync keys live 365 days at most."
  type        = number
  default     = 30

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 356
    error_message = "Rotate every 1 to 356 days."
  }
}

variable "rotate_immediately" {
  description = "Whether applying rotates. Leave it false until a test run has passed."
  type        = bool
  default     = false
}

variable "environment" {
  description = "Further settings of the rotator, by name."
  type        = map(string)
  default     = {}
}

variable "kms_key_arn" {
  description = "The secret's KMS key, if it is not the AWS managed one."
  type        = string
  default     = null
}

variable "alarm_topic_arn" {
  description = "SNS topic for alarms and failed rotations; events.amazonaws.com must be allowed to publish to it."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 90
}
