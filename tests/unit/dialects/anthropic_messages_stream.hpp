// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "anthropic_messages_support.hpp"

#include <memory>
#include <sstream>

namespace anthropic_test {

inline std::string sse(std::string_view event, std::string_view data) {
    std::string out;
    if (!event.empty()) out.append("event: ").append(event).append("\n");
    return out.append("data: ").append(data).append("\n\n");
}

/// One line per event, with all that its kind has.
inline std::string line(const llmx::chat_event& e) {
    using kind = llmx::chat_event::kind;
    static const char* const names[] = {"start", "text", "refusal", "thinking", "thinking_signature",
                                        "redacted_thinking", "tool_call", "tool_arguments", "citation", "audio",
                                        "logprobs", "opaque", "finish", "usage", "ping"};
    std::ostringstream os;
    os << names[static_cast<int>(e.what)];
    const auto& u = e.tokens;
    switch (e.what) {
    case kind::ping:
    case kind::start: break;
    case kind::usage:
        os << ' ' << u.input_tokens << '+' << u.output_tokens << " c" << u.cached_tokens << " w" << u.cache_write_tokens
           << " r" << u.reasoning_tokens;
        break;
    case kind::finish: os << ' ' << static_cast<int>(e.reason) << " [" << e.text << ']'; break;
    default: os << ' ' << e.part << " [" << e.text << ']';
    }
    if (!e.id.empty()) os << " id=" << e.id;
    if (!e.name.empty()) os << " name=" << e.name;
    os << '\n';
    return os.str();
}

struct decoded_stream {
    std::string lines;
    llmx::errc failure = llmx::errc();
};
/// Feeds the pieces and the end; events are read after each piece, as a caller would.
inline decoded_stream decode_stream(const std::vector<std::string_view>& pieces) {
    decoded_stream r;
    dialect::stream_decoder d;
    llmx::event_batch out;
    const auto drain = [&](const llmx::result<void>& done) {
        while (const auto* e = out.try_next()) r.lines += line(*e);
        out.clear();
        if (done.has_error()) r.failure = done.error().value();
        return done.has_value();
    };
    for (const auto piece : pieces) {
        // The read buffer is gone before the events are looked at: they must not point into it.
        auto buffer = std::make_unique<std::vector<char>>(piece.begin(), piece.end());
        const auto done = d.feed(std::string_view(buffer->data(), buffer->size()), out);
        buffer.reset();
        if (!drain(done)) return r;
    }
    drain(d.finish(out));
    return r;
}

} // namespace anthropic_test
