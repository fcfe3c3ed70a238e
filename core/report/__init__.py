"""The report: where a project stands, what a verdict says, what to do next."""
