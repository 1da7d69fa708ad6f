// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace event_lines {

/// The events of the stream \p bytes in the language \p D, one a line, and its failure; fed in pieces of so many bytes (0: at once).
template <class D> std::string of(std::string_view bytes, std::size_t piece) {
    using llmx::chat_event;
    typename D::stream_decoder decoder;
    llmx::event_batch batch;
    std::string all;
    const auto take = [&](const llmx::result<void>& done) {
        for (const chat_event& e : batch.events()) {
            static constexpr std::string_view names[] = {"start",    "text",  "refusal",  "thinking", "signature", "redacted", "call", "arguments",
                                                         "citation", "audio", "logprobs", "opaque",   "finish",    "usage",    "ping"};
            all.append(names[static_cast<std::size_t>(e.what)]).append(" ").append(std::to_string(e.part));
            if (!e.text.empty()) all.append(" [").append(e.text).append("]");
            if (!e.id.empty()) all.append(" id=").append(e.id);
            if (!e.name.empty()) all.append(" name=").append(e.name);
            if (e.created != 0) all.append(" at ").append(std::to_string(e.created));
            if (e.what == chat_event::kind::finish) all.append(" ").append(std::to_string(static_cast<int>(e.reason)));
            if (e.what == chat_event::kind::usage) {
                all.append(" ").append(std::to_string(e.tokens.input_tokens)).append("+").append(std::to_string(e.tokens.output_tokens));
                if (e.tokens.cached_tokens != 0) all.append(" c").append(std::to_string(e.tokens.cached_tokens));
            }
            all += '\n';
        }
        batch.clear();
        if (done.has_error()) all += "failed " + std::string(errc_name(done.error().value())) + " " + done.error().provider_message();
        return done.has_value();
    };
    if (piece == 0) piece = bytes.size();
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        if (!take(decoder.feed(bytes.substr(at, piece), batch))) return all;
    take(decoder.finish(batch));
    return all;
}

} // namespace event_lines
