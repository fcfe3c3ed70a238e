"""Fine-tuning jobs: the book of them, the scheduler, and the workers it starts."""
