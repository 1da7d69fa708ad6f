// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/message.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// What a chat request is about, for routers and policies that decide by it: see `view_of`.
///
/// The same for a request that a program made and for one that a client sent in any language.
struct request_view {
    request_view() = default;
    /// Bytes of a text that are kept; what is beyond them is cut off between two characters.
    static constexpr std::size_t max_text = 16 * 1024;

    /// There is something to see. False for other operations, for a body that is not well formed, and for one
    /// larger than `view_of` scans.
    bool known = false;
    /// Messages by role, indexed by `role`; a message that has nothing but results of tools counts as one of the role `tool`.
    std::array<std::size_t, 5> by_role{};
    /// Role of the last message that is neither `system` nor `developer`.
    role last = role::user;
    /// The request offers tools; some message has an image, also in the result of a tool.
    bool tools = false, images = false;
    /// Bytes of all text in messages, those of system prompts included; results of tools and thinking are not.
    std::size_t text_bytes = 0;
    /// Text of the last message of role `user` that has text, its parts joined.
    std::string last_user_text;
    /// Text of all messages of the roles `system` and `developer`, joined by a newline.
    std::string system_text;

    [[nodiscard]] std::size_t messages_of(role r) const noexcept { return by_role[static_cast<std::size_t>(r)]; }
    /// All messages.
    [[nodiscard]] std::size_t messages() const noexcept {
        std::size_t n = 0;
        for (const std::size_t of : by_role) n += of;
        return n;
    }
    friend bool operator==(const request_view&, const request_view&) = default;
};

namespace detail {

/// Puts a `request_view` together, message by message.
class request_view_builder {
public:
    explicit request_view_builder(request_view& to) noexcept : to_(&to) {}
    LLMX_DECL void begin(role r);
    LLMX_DECL void text(std::string_view piece);
    void image() noexcept { other(), to_->images = true; }
    void tool_result() noexcept { results_ = true; }
    /// A part of another kind.
    void other() noexcept { others_ = true; }
    LLMX_DECL void end();
    void tools(bool any) noexcept { to_->tools = any; }

private:
    request_view* to_;
    role role_ = role::user;
    std::string text_;
    std::size_t bytes_ = 0;
    bool results_ = false, others_ = false;
};

LLMX_DECL [[nodiscard]] request_view view_request(const chat_request& request);

} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/request_view.ipp>
#endif
