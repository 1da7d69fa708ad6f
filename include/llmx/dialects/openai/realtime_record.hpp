// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/usage.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// What happened in a realtime session, for a program's own log. It holds what was said, so llmx itself writes it nowhere.
struct realtime_record {
    realtime_record() = default;
    /// A text of one side: what was spoken, or written.
    struct transcript {
        transcript() = default;
        transcript(std::string r, std::string t) : role(std::move(r)), text(std::move(t)) {}
        /// "user" or "assistant".
        std::string role, text;
    };
    struct tool_call {
        tool_call() = default;
        std::string name, call_id, arguments;
    };
    /// Sum over all responses.
    usage tokens;
    std::uint32_t responses = 0;
    std::vector<transcript> transcripts;
    /// The tools of the last `session.update`, as its JSON has them.
    std::string tools;
    std::vector<tool_call> calls;
    /// Something was left out because the record was full.
    bool truncated = false;
};

/// Follows the events of a session of OpenAI's Realtime API, in its general form and in that of the beta, and collects the record.
///
/// Looks at the type of each message, and into those alone that have something to record; a message that is no JSON is passed over. Linear
/// in
/// a message's size. Not thread-safe.
class realtime_watch {
public:
    /// \p max_bytes: of all texts of the record together.
    explicit realtime_watch(std::size_t max_bytes) noexcept : room_(max_bytes) {}

    LLMX_DECL void client_sent(std::string_view event);
    /// Whether \p event ended a response, whose tokens are then in `last`.
    LLMX_DECL bool server_sent(std::string_view event);
    /// Tokens of the response that ended last.
    [[nodiscard]] const usage& last() const noexcept { return last_; }
    /// A response is under way.
    [[nodiscard]] bool responding() const noexcept { return responding_; }
    [[nodiscard]] const realtime_record& record() const noexcept { return record_; }

private:
    LLMX_DECL [[nodiscard]] bool keep(std::size_t bytes) noexcept;
    LLMX_DECL void end_response(std::string_view response);

    realtime_record record_;
    usage last_;
    std::size_t room_;
    bool responding_ = false;
};

/// The `type` of an event, which mostly is its first member; empty when there is none. A view into \p event.
LLMX_DECL [[nodiscard]] std::string_view realtime_event_type(std::string_view event);
/// The tokens that `usage` of a response counts (https://platform.openai.com/docs/api-reference/realtime-server-events/response/done).
LLMX_DECL [[nodiscard]] usage read_realtime_usage(std::string_view json);
/// Appends an `error` event.
LLMX_DECL void append_realtime_error(std::string& out, std::string_view event_id, std::string_view type, std::string_view code,
    std::string_view message,
                                     std::string_view param = std::string_view(), std::string_view caused_by = std::string_view());

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/realtime_record.ipp>
#endif
