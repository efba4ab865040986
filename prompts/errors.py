"""Errors of the prompts package.

PromptError    a wording is missing, or its variables do not fit
"""

from __future__ import annotations


class PromptError(Exception):
    """A wording file or a call to it is wrong; the message names both."""
