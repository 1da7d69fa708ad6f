# SPDX-License-Identifier: BSL-1.0
"""What the gateway and the upstream must agree on."""
KEYS = {"openai": "up-openai-1", "anthropic": "up-anthropic-2", "gemini": "up-gemini-3"}
MODELS = {"openai": "gpt-4o", "anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-flash"}
