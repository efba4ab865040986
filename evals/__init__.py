"""Question sets and metrics, asked through the same doors that users use."""
