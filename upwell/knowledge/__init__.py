"""What medicine knows, as data: instruments, rules and crisis resources, each fact with its source and mark."""
