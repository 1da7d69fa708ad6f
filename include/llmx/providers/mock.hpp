// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/settings_reader.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The script of a `mock` deployment, read from its model name.
///
/// "echo" repeats the last user text, "text" answers `say`, "tool" calls the first tool
/// of the request (and answers with the result once it has one), "error" fails. After a
/// "?" come settings: `echo?latency_ms=20&tokens_per_second=50&cut_after=3`,
/// `text?say=Good%20morning`, `tool?name=weather&arguments=%7B%7D`,
/// `error?status=429&retry_after=2&message=slow%20down`, `error?status=400&code=context_length_exceeded`. Values are percent-encoded.
struct mock_script {
    mock_script() = default;
    enum class kind : std::uint8_t { echo, text, tool, fail };
    kind what = kind::echo;
    std::string say = "Hello from llmx.";
    std::string tool_name, arguments;
    int status = 500;
    /// Of an error: "context_length_exceeded", "content_policy_violation", "rate_limit_exceeded", "invalid_api_key", or empty.
    std::string code;
    std::string message = "the mock model is configured to fail";
    /// Sent as retry-after with an error; unset: no header.
    std::optional<std::int64_t> retry_after_s;
    std::chrono::milliseconds latency{0};
    /// Words of a stream per second; 0: all at once.
    double tokens_per_second = 0;
    /// Break the stream after so many chunks.
    std::optional<std::uint64_t> cut_after;
};

/// Parses a mock's model name; `errc::bad_configuration` names an unknown setting.
LLMX_DECL [[nodiscard]] result<mock_script> parse_mock_script(std::string_view model);

/// A provider inside the process, deterministic and free: for first steps, for tests
/// and for load measurements without an account.
///
/// Uses OpenAI's dialect. Usage counts words, so that a test can predict it. Latency
/// and speed are kept on the runtime's clock.
struct mock {
    static constexpr std::string_view name = "mock";
    using codecs = codec_list<openai_chat>;
    static constexpr provider_facts facts = {
        .default_base = "http://mock.invalid",
        .key_env = {},
        .base_env = {},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = true,
                   .max_stop_sequences = 4},
    };

    /// Settings of a deployment that stands for another provider's.
    struct settings {
        settings() = default;
        /// What is answered in place of the script that the model's name is; empty: that script.
        std::string script;

        /// `mock_response` in LiteLLM's form (docs.litellm.ai/docs/completion/mock_requests): the text of the answer, or the name of
        /// one of its exceptions, such as "litellm.RateLimitError".
        LLMX_DECL void read_mock_response(settings_reader& params);
        /// Those with which the mock answers \p answer, in the same form.
        LLMX_DECL [[nodiscard]] static settings answering(std::string_view answer);
        friend void read_settings(settings_reader& params, settings& into) { into.read_mock_response(params); }
    };

    /// The model that a program without a configuration serves as "mock".
    static constexpr std::string_view ready_model = "echo";
    /// Whether \p model is a script.
    LLMX_DECL [[nodiscard]] static result<void> check_model(std::string_view model) {
        auto script = parse_mock_script(model);
        if (script.has_error()) return script.error();
        return success();
    }

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        const std::string& own = d.settings.get<settings>().script;
        if (own.empty()) out.target = what.model;
        else out.target = own;
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
    /// Answers without a network; cancellation ends a wait at once.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<http_response>>
    exchange(runtime& on, const deployment& d, const http_request& request, const http_limits& limits,
             cancellation& stop) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/mock.ipp>
#endif
