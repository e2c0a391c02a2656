"""What every measurement needs to run: it ends cleanly when it is stopped."""
