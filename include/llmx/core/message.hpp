// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/content.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The author of a message. Tool results are in messages of role `tool`.
enum class role : std::uint8_t { system, developer, user, assistant, tool };

/// "system", "developer", "user", "assistant" or "tool".
[[nodiscard]] constexpr std::string_view to_string(role r) noexcept {
    switch (r) {
    case role::system: return "system";
    case role::developer: return "developer";
    case role::user: return "user";
    case role::assistant: return "assistant";
    case role::tool: return "tool";
    }
    return "user";
}

/// One turn of a conversation.
struct message {
    message() = default;
    explicit message(role r) noexcept : from(r) {}
    message(role r, std::string text) : from(r) { content.emplace_back(text_part(std::move(text))); }

    [[nodiscard]] static message system(std::string text) { return message(role::system, std::move(text)); }
    [[nodiscard]] static message user(std::string text) { return message(role::user, std::move(text)); }
    [[nodiscard]] static message assistant(std::string text) {
        return message(role::assistant, std::move(text));
    }
    /// The answer of the tool call \p call_id.
    [[nodiscard]] static message tool_result(std::string call_id, std::string text) {
        message m(role::tool);
        m.content.emplace_back(tool_result_part(std::move(call_id), std::move(text)));
        return m;
    }

    /// Appends a part and returns the message, for chaining.
    message& add(content_part part) {
        content.push_back(std::move(part));
        return *this;
    }

    /// All text parts joined; thinking and refusals are left out.
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const auto& p : content)
            if (const auto* t = std::get_if<text_part>(&p)) out += t->text;
        return out;
    }

    role from = role::user;
    std::vector<content_part> content;
    /// Participant name, where the dialect has one.
    std::string name;
    extra_members extra;
    friend bool operator==(const message&, const message&) = default;
};
LLMX_DESCRIBE(message, (from, content, name, extra))

} // namespace llmx::inline LLMX_ABI
