// SPDX-License-Identifier: BSL-1.0
// llmx-gateway: all providers and policies behind a socket, configured by a file, by the
// environment, or not at all. Options: llmx-gateway --help.
#include "allocator.hpp"
#include "banner.hpp"
#include "command_line.hpp"
#include "configuration.hpp"
#include "models_command.hpp"
#include "reload_worker.hpp"

#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/server/endpoints.hpp>
#include <llmx/server/server.hpp>
#include <llmx/settings/assemble.hpp>
#include <llmx/telemetry/log_writer.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Ids of files and batches need OpenSSL.
#if defined(LLMX_NO_TLS)
#define LLMX_KEPT_ENDPOINTS
#else
#include "kept.hpp"
#define LLMX_KEPT_ENDPOINTS llmx::files_endpoint, llmx::message_batches_endpoint, llmx::batches_endpoint, llmx::resources_endpoint, \
                            llmx::openai_videos_endpoint,
#endif

using own_paths = llmx::own_paths_endpoint<llmx::stock_registry>;
using server = llmx::server<llmx::stock_gateway, llmx::openai_chat_endpoint, llmx::openai_stored_responses_endpoint,
                            llmx::anthropic_messages_endpoint, llmx::gemini_generate_endpoint, llmx::bedrock_converse_endpoint,
                            llmx::mistral_chat_endpoint, llmx::mistral_fim_endpoint, llmx::cohere_chat_endpoint, llmx::ollama_chat_endpoint,
                            llmx::ollama_generate_endpoint, llmx::ollama_embed_endpoint, llmx::ollama_embeddings_endpoint,
                            llmx::ollama_models_endpoint, llmx::openai_embeddings_endpoint,
                            llmx::gemini_embed_endpoint, llmx::gemini_batch_embed_endpoint, llmx::openai_speech_endpoint,
                            llmx::openai_transcription_endpoint, llmx::openai_translation_endpoint,
                            llmx::openai_realtime_endpoint, llmx::realtime_client_secrets_endpoint, llmx::openai_moderations_endpoint,
                            llmx::cohere_rerank_endpoint,
                            llmx::anthropic_count_tokens_endpoint, llmx::gemini_count_tokens_endpoint, llmx::token_counter_endpoint,
                            llmx::openai_input_tokens_endpoint, llmx::openai_images_endpoint, llmx::openai_image_edits_endpoint,
                            llmx::openai_image_variations_endpoint, llmx::openai_completions_endpoint, llmx::mistral_ocr_endpoint,
                            llmx::perplexity_search_endpoint, llmx::model_info_endpoint,
                            llmx::models_endpoint, LLMX_KEPT_ENDPOINTS llmx::metrics_endpoint,
                            llmx::health_endpoint, own_paths, llmx::vendor_paths_endpoint<llmx::stock_registry>>;

/// Warnings to stderr, then the banner to stdout. Neither waits long for a reader, so that a
/// service starts also when its output is not read.
static void greet(server& front, const llmx::gateway_settings& settings, bool generated) {
    for (const auto& w : settings.warnings) front.log_line("llmx-gateway: " + w);
    (void)front.settle_log(std::chrono::milliseconds(250));
    llmx::log_writer screen(std::make_shared<llmx::file_log_sink>(stdout), llmx::log_writer::default_max_queued,
                            std::chrono::milliseconds(250));
    screen.line(banner(settings, front.description(), front.port(), generated));
}

int main(int argc, char** argv) {
    return_large_blocks();
    // One line for each mistake: a configuration may have several.
    const auto fail = [](const llmx::error& e, int code) {
        std::istringstream lines(e.message());
        for (std::string text; std::getline(lines, text);) std::cerr << "llmx-gateway: " << text << '\n';
        return code;
    };
    if (argc >= 2 && std::string_view(argv[1]) == "models") {
        const auto query = models_command::parse(std::span<char* const>(argv + 2, static_cast<std::size_t>(argc - 2)));
        if (query.has_error()) return fail(query.error(), 2);
        std::vector<std::string> warnings;
        models_source source;
        const auto catalog = load_catalog(source, llmx::process_environment(), std::string(), never_stopped, warnings);
        for (const std::string& w : warnings) std::cerr << "llmx-gateway: " << w << '\n';
        if (catalog.has_error()) return fail(catalog.error(), 2);
        const auto text = models_command::run(**catalog, *query);
        if (text.has_error()) return fail(text.error(), 2);
        return std::cout << *text << std::flush ? 0 : 1;
    }
    const auto line = parse_command_line(argc, argv);
    if (line.has_error()) return fail(line.error(), 2);
    if (!line->answer.empty()) return std::cout << line->answer, 0;

    models_source models;
    auto settings = load_configuration(*line, models);
    if (settings.has_error()) return fail(settings.error(), 2);
    auto tokens = load_tokens(llmx::process_environment(), settings->tokenizer_files);
    if (tokens.has_error()) return fail(tokens.error(), 2);
    settings->policy<llmx::context_check>().counter = std::move(*tokens);
    const auto gateway = llmx::make_gateway(*settings);
    if (gateway.has_error()) return fail(gateway.error(), 2);
    const bool generated = ensure_master_key(settings->listen);

    auto options = server_options_from(settings->listen);
    options.tokens = settings->policy<llmx::context_check>().counter;
    auto keys = llmx::key_authenticator::keys_of(options);
    if (keys.has_error()) return fail(keys.error(), 2);
    llmx::key_authenticator callers(std::move(*keys));
    auto proxies = llmx::proxies_from_environment(llmx::process_variables());
    if (proxies.has_error()) return fail(proxies.error(), 2);
    if (const std::string ways = llmx::describe(*proxies); !ways.empty()) settings->warnings.push_back(ways);
    own_paths paths(std::make_shared<const std::vector<llmx::own_path>>(settings->own_paths));
    server* listening = nullptr;
    const auto say = [&](const std::string& text) { listening->log_line("llmx-gateway: " + text); };
    reload_worker* reloads = nullptr;
    options.reload = [&reloads] { reloads->request(); };
    llmx::openai_stored_responses_endpoint responses(response_store_from(settings->listen));
    llmx::openai_realtime_endpoint sessions(realtime_options_from(settings->listen), callers.ephemeral());
    llmx::realtime_client_secrets_endpoint secrets(callers.ephemeral());
#if defined(LLMX_NO_TLS)
    server front(**gateway, callers, std::move(options), runtime_factory_from(*settings, std::move(*proxies)), paths, std::move(responses),
                 std::move(sessions), std::move(secrets));
#else
    llmx::principal_directory principals;
    note_principals(principals, settings->listen);
    const auto kept = open_kept(settings->kept, settings->listen.master_key, principals, settings->warnings);
    if (kept.has_error()) return fail(kept.error(), 2);
    server front(**gateway, callers, std::move(options), resuming(runtime_factory_from(*settings, std::move(*proxies)), *kept, **gateway), paths,
                 std::move(responses), std::move(sessions), std::move(secrets), llmx::files_endpoint(*kept), llmx::message_batches_endpoint(*kept),
                 llmx::batches_endpoint(*kept), llmx::resources_endpoint(*kept),
                 llmx::openai_videos_endpoint(*kept));
#endif
    listening = &front;
    reload_worker worker([&](const std::atomic<bool>& stop) {
        const auto now = reload_configuration(**gateway, callers, paths, *line, models, *settings, say, stop);
#if !defined(LLMX_NO_TLS)
        if (now) note_principals(principals, *now);
#endif
    });
    reloads = &worker;
    if (const auto bound = front.listen(); bound.has_error()) return fail(bound.error(), 1);
    greet(front, *settings, generated);
    const auto ended = front.run();
    return ended.has_error() ? fail(ended.error(), 1) : 0;
}
