output "function_arn" {
  description = "The rotation function."
  value       = aws_lambda_function.rotator.arn
}

output "role_arn" {
  description = "Its role; doctor run with it tells what the function may do."
  value       = aws_iam_role.rotator.arn
}
