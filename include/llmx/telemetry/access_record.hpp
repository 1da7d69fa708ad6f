// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// How much is logged. A line of a higher severity is written at every lower setting.
enum class log_level : std::uint8_t {
    off,   ///< nothing
    error, ///< calls that failed by the gateway's or a provider's fault, and streams that broke
    info,  ///< every call
    debug, ///< probes too
};

[[nodiscard]] constexpr std::string_view to_string(log_level l) noexcept {
    switch (l) {
    case log_level::off: return "off";
    case log_level::error: return "error";
    case log_level::info: return "info";
    case log_level::debug: return "debug";
    }
    return "off";
}

/// "off", "error", "info" or "debug"; nothing for any other word.
LLMX_DECL [[nodiscard]] std::optional<log_level> parse_log_level(std::string_view word) noexcept;

/// Writes moments as "2006-01-02T15:04:05.000Z" (RFC 3339, UTC). Keeps the last
/// second, which in a log is mostly the next one too. Not thread-safe.
class rfc3339_text {
public:
    /// Valid until the next call.
    LLMX_DECL [[nodiscard]] std::string_view at(std::chrono::system_clock::time_point when) noexcept;

private:
    std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
    char text_[24] = {};
};

/// The log's record of one call. Views; never a key, a prompt or a body.
struct access_record {
    access_record() = default;

    std::chrono::system_clock::time_point when;
    log_level level = log_level::info;
    std::string_view method;
    /// Without the query, which may hold a key.
    std::string_view path;
    int status = 0;
    /// Language of the caller, e.g. "openai_chat".
    std::string_view dialect;
    /// Name of an endpoint that has no language, e.g. "health".
    std::string_view endpoint;
    /// Model as the caller named it.
    std::string_view model;
    bool stream = false;
    /// Address of the client, without port.
    std::string_view client;
    /// Whole call, from the request's last byte to the reply's.
    duration took{};
    /// The gateway's share until the head was written; nothing when there was no call.
    std::optional<duration> overhead;
    /// Bytes of the request's and the reply's bodies.
    std::uint64_t bytes_in = 0, bytes_out = 0;
    /// Null when the call succeeded.
    const llmx::error* failure = nullptr;
    /// Null when the request was refused before it became a call.
    const call_context* context = nullptr;

    /// The level a call of this outcome has: `error` for 5xx and for whatever failed
    /// after the reply began, `info` for the rest; the caller's own faults are not errors of
    /// the gateway.
    [[nodiscard]] static log_level level_of(int status, bool broke_off) noexcept {
        return status >= 500 || broke_off ? log_level::error : log_level::info;
    }
};

/// Appends \p r as one line of JSON, newline included.
///
/// Members, in this order and left out when they are empty: `time` (RFC 3339,
/// UTC, milliseconds), `level`, `request_id`, `client`, `caller`, `method`, `path`,
/// `status`, `dialect`, `endpoint`, `model`, `stream`, `provider`, `deployment`, `upstream_model`,
/// `retries`, `fallbacks`, `tokens_in`, `tokens_out`, `tokens_cached`, `tokens_cache_write`, `tokens_cache_write_1h`,
/// `tokens_reasoning`, `tokens_estimated` (the provider reported none, and these are the estimate that the caller was given),
/// `tokens_audio_in`, `tokens_audio_out`, `tokens_image_in`, `tokens_image_out`, `web_searches`,
/// `service_tier` (that the provider charged, except the standard one), `cost` (dollars, exact), `cost_parts` (of a cost of more than
/// plain input and output: `input`, `cached`, `cache_write`, `output`, `reasoning`, `audio_input`, `audio_output`, `images`, `units`,
/// `web_search`, which add up to it), `bytes_in`, `bytes_out`, `duration_ms`, `ttft_ms`, `overhead_us`, `error`,
/// `error_message`, `provider_status`, `provider_code`, `attempts`. The provider's own
/// words are not in it: they may quote the prompt.
///
/// \p memory keeps the written second for the next line.
LLMX_DECL void append_access_line(std::string& out, const access_record& r, rfc3339_text& memory);

/// Appends a line that is not about a call, newline included: `time` (now), `level`
/// (a word that needs no escapes) and `message`.
LLMX_DECL void append_note_line(std::string& out, std::string_view level, std::string_view message,
                                rfc3339_text& memory);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/access_record.ipp>
#endif
