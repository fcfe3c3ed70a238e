"""Rating: studies in which people compare two answers without knowing whose they are."""
