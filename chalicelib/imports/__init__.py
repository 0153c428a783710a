"""What a shop's files of orders and products say, checked as they stream, and how they come into the returns table."""
