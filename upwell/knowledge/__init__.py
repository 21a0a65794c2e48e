"""What medicine knows, as data: instruments, rules, crisis resources, each fact with source and mark."""
