// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// What a vendor takes in the messages and tools of a chat request in OpenAI's form.
struct message_rules {
    /// The role "developer"; where it is unknown it becomes "system".
    bool developer_role = true;
    /// A `name` in messages that are not results of tools.
    bool names = true;
    /// What gateways add to answers and agents send back or write themselves: `thinking_blocks`, `provider_specific_fields`,
    /// `extra_content` (signatures of Google's models) and `cache_control`, in messages, their parts and calls, and in tools.
    bool gateway_members = true;
    /// The parts of contents are looked at; a row that makes one string of them leaves their members out by itself.
    bool parts = true;
    /// Further members of messages that it refuses.
    std::span<const std::string_view> refuses = {};
};

} // namespace llmx::inline LLMX_ABI
