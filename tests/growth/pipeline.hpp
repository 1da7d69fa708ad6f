// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "counted.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace growth {

/// A text that grows with n.
struct generator {
    std::string_view name;
    std::string (*make)(std::size_t n);
    /// Some languages cannot take it; what the refusal costs is checked all the same.
    bool may_be_refused = false;
};
using generators = std::vector<generator>;

/// One language, as a caller's and as a provider's.
struct language {
    std::string_view name;
    const llmx::codec_ops* ops;
    void (*encode_reply)(const llmx::chat_reply& reply, std::string& out);
    /// Feeds \p body to a decoder of \p from and writes what comes out in this language, as a
    /// façade does; \p piece bytes at a time. False when it broke off.
    bool (*translate)(const llmx::codec_ops& from, std::string_view body, std::size_t piece);
    /// A request with a tool and, where the language has one, a form of the answer of this schema.
    std::string (*with_schema)(const std::string& schema);
    const generators& (*requests)();
    const generators& (*replies)();
    const generators& (*streams)();
};
[[nodiscard]] const std::array<language, 3>& languages();

[[nodiscard]] const generators& openai_requests();
[[nodiscard]] std::string openai_with_schema(const std::string& schema);
[[nodiscard]] std::string anthropic_with_schema(const std::string& schema);
[[nodiscard]] std::string gemini_with_schema(const std::string& schema);
[[nodiscard]] const generators& openai_replies();
[[nodiscard]] const generators& openai_streams();
[[nodiscard]] const generators& anthropic_requests();
[[nodiscard]] const generators& anthropic_replies();
[[nodiscard]] const generators& anthropic_streams();
[[nodiscard]] const generators& gemini_requests();
[[nodiscard]] const generators& gemini_replies();
[[nodiscard]] const generators& gemini_streams();
/// JSON Schemas, for the tools and formats of requests.
[[nodiscard]] const generators& schemas();

/// What the gateway does with a request of \p caller's for \p provider. False: refused.
bool translate_request(const language& caller, const language& provider, std::string_view body);
/// The same for a whole answer of \p provider's.
bool translate_reply(const language& provider, const language& caller, std::string_view body);
/// A stream that is passed through: \p piece bytes at a time.
bool watch_stream(const language& provider, std::string_view body, std::size_t piece);

} // namespace growth
