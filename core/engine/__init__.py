"""The local fine-tuning server: OpenAI's files, fine-tuning, models and chat on one's own machine."""
