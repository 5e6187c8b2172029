"""What the order desk does when another app announces something."""
