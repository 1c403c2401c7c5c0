"""What people do among themselves: broadcasts and presence, over the bus to all processes."""
