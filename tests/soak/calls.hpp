// SPDX-License-Identifier: BSL-1.0
// What a call of the soak test is, and what its answer must be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace soak {

/// A language of callers and of upstreams.
enum class language : std::uint8_t { openai, anthropic, gemini };
inline constexpr std::array<std::string_view, 3> language_names{"openai", "anthropic", "gemini"};

/// What the upstream or the caller does to a call.
enum class kind : std::uint8_t {
    ok,             ///< answered at once
    slow,           ///< answered in pieces, with pauses
    cut,            ///< the upstream closes in the middle of its answer
    drop,           ///< the upstream closes before its answer
    limited,        ///< 429 of the upstream with `retry-after`
    failed,         ///< 500 of the upstream
    garbage,        ///< 200, JSON by its type, and no JSON
    html,           ///< 200 with a page
    stall,          ///< silence before a whole answer, or in the middle of a stream
    flaky,          ///< 500, and right when the gateway tries again
    fallback,       ///< the model's deployment fails always, the one of its fallback answers
    cancelled,      ///< the caller leaves before the end
    over_limit,     ///< a caller's key with few requests per minute
    unknown_model,
    wrong_key,
    malformed,      ///< a body that is no JSON
};
inline constexpr std::array<std::string_view, 16> kind_names{
    "ok", "slow", "cut", "drop", "limited", "failed", "garbage", "html", "stall", "flaky", "fallback", "cancelled",
    "over_limit", "unknown_model", "wrong_key", "malformed"};
[[nodiscard]] inline std::string_view name_of(kind k) { return kind_names[static_cast<std::size_t>(k)]; }
[[nodiscard]] std::optional<kind> kind_of(std::string_view name);

/// How a call ended for its caller.
enum class ending : std::uint8_t {
    answered, ///< the whole answer to this very call
    refused,  ///< an error in the caller's language
    broken,   ///< a stream that began and ended with an error in the caller's language, or without its end
    left,     ///< the caller left
    wrong,    ///< none of these
};
inline constexpr std::array<std::string_view, 5> ending_names{"answered", "refused", "broken", "left", "wrong"};

struct call {
    call() = default;
    std::uint64_t id = 0;
    kind what = kind::ok;
    language caller = language::openai;
    language upstream = language::openai;
    bool stream = false;
    /// Octets of text in the prompt, beside the command.
    std::size_t padding = 0;
    /// When the caller of a `cancelled` call leaves: milliseconds after its request.
    unsigned leave_after = 0;
};

/// The next call of a mix in which each kind has its share.
[[nodiscard]] call make_call(std::uint64_t id, std::mt19937_64& random);

/// The text that the upstream must say, and no other, in answer to call \p id.
[[nodiscard]] std::string answer_text(std::uint64_t id);

/// The request with head and body, for a gateway whose keys are \p key and, few requests a minute, \p poor_key.
[[nodiscard]] std::string request_text(const call& c, std::string_view key, std::string_view poor_key);

/// An answer as the caller got it.
struct answer {
    answer() = default;
    unsigned status = 0;
    bool retry_after = false;
    /// False when the connection ended before the message did.
    bool whole = false;
    /// The body without its framing.
    std::string body;
};

/// How \p c ended with \p a; \p why is set to what is wrong.
[[nodiscard]] ending judge(const call& c, const answer& a, std::string& why);

} // namespace soak
