"""A language model's words for a composed answer, each checked."""
