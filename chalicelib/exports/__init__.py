"""What DynamoDB writes when a table is exported: found, verified and read again as rows that people work with."""
