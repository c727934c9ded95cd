"""What happens to a message that waits for a person: order, deadlines, notices."""
