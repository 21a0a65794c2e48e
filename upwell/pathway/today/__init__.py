"""Today: who is here, what is due, what is worrying, who waits for me."""
