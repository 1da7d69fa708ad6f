// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/settings_reader.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/model_program.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A model whose program the gateway starts, checks, restarts and stops itself (`model_program`), on this machine.
///
/// The program reads calls as lines on its standard input and answers them on its standard output (docs/local-programs.md), or it serves
/// OpenAI's API on a port of 127.0.0.1 that its command names "{port}": llama.cpp's server, vLLM. The model of a deployment is the
/// name of the program: two deployments with the same name and settings share one. The program is started when its deployment is
/// configured, and stopped with the last topology that has it, so that a reload which changes nothing about it keeps it.
///
/// A program that reads lines has the operations whose requests and answers are JSON. Thread-safe.
struct local_process {
    static constexpr std::string_view name = "local_process";
    using codecs = codec_list<openai_chat, openai_embeddings, openai_speech, openai_transcription, openai_translation>;
    static constexpr std::string_view on_demand[] = {"openai_moderations", "openai_images", "openai_image_edits", "openai_image_variations",
                                                       "openai_completions", "cohere_rerank"};
    static constexpr provider_facts facts = {
        .default_base = "http://127.0.0.1/v1",
        .key_env = {},
        .base_env = {},
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::effort,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false},
    };

    /// Settings of a deployment.
    struct settings {
        settings() = default;
        /// The program and its arguments; "{port}" and "{model}" are filled in.
        std::vector<std::string> command;
        /// Variables of the program beside PATH, a map `environment`; it gets no others.
        std::vector<std::pair<std::string, secret>> environment;
        std::string working_directory;
        /// "ndjson" or "http"; empty: HTTP when an argument has "{port}".
        std::string protocol;
        /// Of a program that speaks HTTP: what is requested to see whether it is ready.
        std::string health_path = "/health";
        duration start_timeout = program_timing().start_timeout, health_interval = program_timing().health_interval,
                 health_timeout = program_timing().health_timeout, stop_grace = program_timing().stop_grace,
                 restart_delay = program_timing().restart_delay, max_restart_delay = program_timing().longest_delay;
        std::uint32_t health_failures = program_timing().failed_checks;
        /// Of one line of the program's output.
        std::uint32_t max_line_mb = 16;
        /// The result of `complete`. A program of one's own may put one here.
        std::shared_ptr<model_program> program;

        static constexpr auto keys = settings_keys(
            config_key("command", &settings::command), config_key("working_directory", &settings::working_directory),
            config_key("protocol", &settings::protocol).one_of("ndjson", "http"), config_key("health_path", &settings::health_path),
            config_key("start_timeout", &settings::start_timeout), config_key("health_interval", &settings::health_interval),
            config_key("health_timeout", &settings::health_timeout),
            config_key("health_failures", &settings::health_failures).between(1, 1000), config_key("stop_grace", &settings::stop_grace).or_zero(),
            config_key("restart_delay", &settings::restart_delay), config_key("max_restart_delay", &settings::max_restart_delay),
            config_key("max_line_mb", &settings::max_line_mb).between(1, 1024));

        /// Reads the map `environment`.
        LLMX_DECL void read_environment(settings_reader& params);
        friend void read_settings(settings_reader& params, settings& into) { into.read_environment(params); }
    };

    /// Finds or starts the program. Fails with `errc::bad_configuration` without a command, or when the protocol does not fit it.
    LLMX_DECL [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables);
    /// Programs that read lines take JSON alone.
    LLMX_DECL [[nodiscard]] static bool takes(const codec_ops& form, const deployment& d, std::string_view model);
    /// The program's state as a JSON object (`model_program::describe`), for `/health`.
    LLMX_DECL [[nodiscard]] static std::string report(const deployment& d);
    /// Retires the programs that no deployment of \p now has: a core that gets no calls keeps its topology.
    LLMX_DECL static void replaced(std::span<const deployment> before, std::span<const deployment> now);
    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
    /// `model_program::exchange` with the program of \p d.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<http_response>> exchange(runtime& on, const deployment& d, const http_request& request,
                                                                                   const http_limits& limits, cancellation& stop) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/local_process.ipp>
#endif
