"""What can be done to payments and refunds, one file per verb."""
