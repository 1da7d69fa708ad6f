// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "command_line.hpp"
#include "models_source.hpp"

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/server/auth.hpp>
#include <llmx/server/endpoints/own_paths.hpp>
#include <llmx/server/host.hpp>
#include <llmx/server/key_authenticator.hpp>
#include <llmx/server/options.hpp>
#include <llmx/server/realtime_session.hpp>
#include <llmx/server/pooled_runtime.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/settings/assemble.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/settings.hpp>
#include <llmx/settings/tokenizers.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/wire/http_message.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the program is configured with.
using configuration = llmx::configuration<llmx::stock_gateway>;
/// While a program starts, its signals end it.
inline const std::atomic<bool> never_stopped = false;

/// What is known about models, from \p source: the place that the variable LLMX_MODELS_FILE names counts more than \p configured.
inline llmx::result<models_source::catalog> load_catalog(models_source& source, const llmx::environment& env, const std::string& configured,
                                                         const std::atomic<bool>& stop, std::vector<std::string>& warnings) {
    const auto variable = env("LLMX_MODELS_FILE");
    const bool by_variable = variable && !variable->empty();
    return source.load(by_variable ? *variable : configured, by_variable ? "LLMX_MODELS_FILE" : "general_settings.models_file", stop, warnings);
}

/// The tokenizers of the files of ranks in the directory that the variable LLMX_TOKENIZER_FILES names, else \p configured; without both a
/// counter that estimates.
inline llmx::result<std::shared_ptr<const llmx::token_counter>> load_tokens(const llmx::environment& env, const std::string& configured) {
    const auto variable = env("LLMX_TOKENIZER_FILES");
    const bool by_variable = variable && !variable->empty();
    const std::string directory = by_variable ? *variable : configured;
    if (directory.empty()) return std::make_shared<const llmx::token_counter>();
    auto loaded = llmx::load_tokenizers(directory);
    if (loaded) return loaded;
    return llmx::error(llmx::errc::bad_configuration,
                       std::string(by_variable ? "LLMX_TOKENIZER_FILES: " : "general_settings.tokenizer_files: ") + loaded.error().message());
}

/// Settings from the file named on the command line, or from the environment, with
/// `.env` of the current directory after the environment. The command line and
/// LLMX_MASTER_KEY have the last word. Gives up waiting for other machines when \p stop becomes true.
inline llmx::result<configuration> load_configuration(const command_line& line, models_source& models,
                                                      const std::atomic<bool>& stop = never_stopped) {
    auto more = llmx::load_env_file(".env");
    if (more.has_error()) return more.error();
    const auto env = llmx::layered_environment(llmx::process_environment(), llmx::environment_of(std::move(*more)));
    const auto unserved = line.strict ? llmx::unserved_models::refused : llmx::unserved_models::reported;
    auto s = line.config ? llmx::load_settings<llmx::stock_gateway>(*line.config, env, llmx::stock_gateway::policies_type(), unserved)
                         : llmx::settings_from_environment<llmx::stock_gateway>(env);
    if (s.has_error()) return s;
    if (line.host) s->listen.host = *line.host;
    if (line.port) s->listen.port = *line.port;
    if (line.threads) s->listen.threads = *line.threads;
    for (const char* const name : {"LITELLM_MASTER_KEY", "LLMX_MASTER_KEY"}) {
        const bool last_word = std::string_view(name) == "LLMX_MASTER_KEY";
        if (auto key = env(name); key && !key->empty() && (last_word || s->listen.master_key.empty())) {
            // Mounted secrets often end with a line end, which no client could send.
            key->erase(key->find_last_not_of(" \t\r\n") + 1);
            if (key->empty() || !llmx::safe_field_value(*key))
                return llmx::error(llmx::errc::bad_configuration,
                                   std::string(name) + ": a key is one line of text that a header can carry");
            s->listen.master_key = llmx::secret(std::move(*key));
        }
    }
    if (const auto text = env("LLMX_MEMORY_LIMIT_MB"); text && !text->empty()) {
        std::uint32_t megabytes = 0;
        const char* const end = text->data() + text->size();
        const auto read = std::from_chars(text->data(), end, megabytes);
        if (read.ec != std::errc() || read.ptr != end || megabytes == 0 || megabytes > 1073741824)
            return llmx::error(llmx::errc::bad_configuration,
                               "LLMX_MEMORY_LIMIT_MB: expected a whole number of MiB from 1 to 1073741824");
        s->listen.memory_limit = std::size_t(megabytes) * 1024 * 1024;
    }
    const auto catalog = load_catalog(models, env, s->models_file, stop, s->warnings);
    if (catalog.has_error()) return catalog.error();
    for (std::vector<llmx::deployment>* const all : {&s->deployments, &s->vendor_paths})
        for (llmx::deployment& d : *all)
            if (const auto attached = llmx::attach_facts(d, *catalog); attached.has_error()) return attached.error();
    return s;
}

/// Makes a master key when there is no key at all and only this machine is served; true when it
/// did. A gateway that serves other machines needs a key of the user's choice and is refused
/// without one.
inline bool ensure_master_key(llmx::listen_settings& s) {
    if (!s.master_key.empty() || !s.keys.empty() || !llmx::is_loopback_host(s.host)) return false;
    std::random_device random;
    std::string key = "sk-";
    constexpr char digits[] = "0123456789abcdef";
    for (int word = 0; word < 8; ++word)
        for (auto [bits, k] = std::pair(random(), 0); k < 8; ++k, bits >>= 4) key += digits[bits & 15u];
    s.master_key = llmx::secret(std::move(key));
    return true;
}

inline llmx::server_options server_options_from(const llmx::listen_settings& s) {
    llmx::server_options o;
    o.host = s.host;
    o.port = s.port;
    o.threads = s.threads;
    o.key = s.master_key;
    o.keys = s.keys;
    o.limits.max_body = s.max_request_body;
    o.header_timeout = s.header_timeout;
    o.idle_timeout = s.keep_alive_timeout;
    o.max_connections = s.max_connections;
    if (s.memory_limit != 0) o.memory = std::make_shared<llmx::memory_budget>(s.memory_limit);
    o.drain = s.drain_timeout;
    o.stream_ping_interval = s.stream_ping_interval;
    o.cors_origins = s.cors_origins;
    o.forward_headers = s.forward_headers;
    o.log.level = llmx::parse_log_level(s.log_level).value_or(llmx::log_level::info);
    // This process is a gateway and nothing else.
    o.raise_descriptor_limit = true;
    return o;
}

inline llmx::realtime_options realtime_options_from(const llmx::listen_settings& s) {
    llmx::realtime_options o;
    o.idle = s.realtime_idle_timeout;
    o.ping = s.realtime_ping_interval;
    o.longest = s.realtime_session_limit;
    o.max_sessions = s.max_realtime_sessions;
    o.max_sessions_per_caller = s.max_realtime_sessions_per_key;
    return o;
}

/// Where responses are kept; null when none are.
inline std::shared_ptr<llmx::response_store> response_store_from(const llmx::listen_settings& s) {
    if (!s.store_responses) return nullptr;
    llmx::response_store_options o;
    o.max_bytes = s.responses_store_bytes;
    o.ttl = s.responses_store_ttl;
    return std::make_shared<llmx::response_store>(o);
}

/// Each thread's runtime, with a pool that waits as long for a connection as the settings state and uses \p proxies.
inline llmx::runtime_factory runtime_factory_from(const configuration& s, llmx::proxy_settings proxies) {
    llmx::http_pool_options pool;
    pool.proxies = std::move(proxies);
    pool.connect_timeout = std::max(pool.connect_timeout, s.policy<llmx::timeout>().connect);
    return llmx::pooled_runtimes(std::move(pool), s.listen.threads);
}

/// The settings that differ in \p now and that only a new start puts into force.
inline std::string needs_restart(const llmx::listen_settings& before, const llmx::listen_settings& now) {
    std::string names;
    const auto check = [&](const char* name, bool same) {
        if (!same) names += (names.empty() ? "" : ", ") + std::string(name);
    };
    check("host", before.host == now.host);
    check("port", before.port == now.port);
    check("threads", before.threads == now.threads);
    check("max_request_size_mb", before.max_request_body == now.max_request_body);
    check("header_timeout", before.header_timeout == now.header_timeout);
    check("keep_alive_timeout", before.keep_alive_timeout == now.keep_alive_timeout);
    check("drain_timeout", before.drain_timeout == now.drain_timeout);
    check("max_connections", before.max_connections == now.max_connections);
    check("memory_limit_mb", before.memory_limit == now.memory_limit);
    check("stream_ping_interval", before.stream_ping_interval == now.stream_ping_interval);
    check("realtime_idle_timeout", before.realtime_idle_timeout == now.realtime_idle_timeout);
    check("realtime_ping_interval", before.realtime_ping_interval == now.realtime_ping_interval);
    check("realtime_session_limit_seconds", before.realtime_session_limit == now.realtime_session_limit);
    check("max_realtime_sessions", before.max_realtime_sessions == now.max_realtime_sessions);
    check("max_realtime_sessions_per_key", before.max_realtime_sessions_per_key == now.max_realtime_sessions_per_key);
    check("cors_origins", before.cors_origins == now.cors_origins);
    check("forward_headers", before.forward_headers == now.forward_headers);
    check("store_responses", before.store_responses == now.store_responses);
    check("responses_store_mb", before.responses_store_bytes == now.responses_store_bytes);
    check("responses_store_ttl", before.responses_store_ttl == now.responses_store_ttl);
    check("log_level", before.log_level == now.log_level);
    return names;
}

/// Puts \p s into force: all of it, or nothing when any of it is wrong.
inline llmx::result<void> reload_keys_and_gateway(llmx::stock_gateway& gateway, llmx::key_authenticator& callers,
                                                  configuration& s, const configuration& started) {
    if (s.listen.master_key.empty()) s.listen.master_key = started.listen.master_key;
    // Ranks are read at the start.
    s.policy<llmx::context_check>().counter = started.policy<llmx::context_check>().counter;
    auto keys = llmx::key_authenticator::keys_of(server_options_from(s.listen));
    if (keys.has_error()) return keys.error();
    const bool open = (*keys)->empty(); // and was: a program that began with a key keeps one
    if (auto done = llmx::reload_gateway(gateway, s); done.has_error() || open) return done;
    return callers.replace(std::move(*keys));
}

/// Reads the settings again and puts models, policies and keys into force. Wrong settings are
/// reported, a line for each mistake, and those in force stay. \p started has the settings at the start:
/// those of the socket need a restart, which is reported, and a master key that the settings no
/// longer name (one made at the start never was in them) stays valid until then. \p say gets
/// each line. Waits for files and URLs: it is for a thread that neither serves nor handles signals (`reload_worker`), and ends early, with
/// nothing changed, when \p stop becomes true.
/// Gives the settings of the server that are in force now; nothing when they are those before.
inline std::optional<llmx::listen_settings> reload_configuration(llmx::stock_gateway& gateway, llmx::key_authenticator& callers,
                                 llmx::own_paths_endpoint<llmx::stock_registry>& paths, const command_line& line, models_source& models,
                                 const configuration& started, const std::function<void(const std::string&)>& say,
                                 const std::atomic<bool>& stop) {
    auto s = load_configuration(line, models, stop);
    if (stop) return std::nullopt;
    llmx::result<void> done = llmx::success();
    if (s.has_error()) done = s.error();
    // A file caught while it is being written must not take the models away.
    else if (started.has_model_list && !s->has_model_list)
        done = llmx::error(llmx::errc::bad_configuration, *line.config + ": the model_list is missing or empty; restore it or restart the program");
    else done = reload_keys_and_gateway(gateway, callers, *s, started);
    if (done.has_error()) {
        const std::string all(done.error().message());
        const auto first = all.find('\n');
        say("not reloaded; the previous settings stay in force: " + all.substr(0, first));
        for (std::size_t at = first; at != std::string::npos;) {
            const std::size_t end = all.find('\n', at + 1);
            say(all.substr(at + 1, end == std::string::npos ? end : end - at - 1));
            at = end;
        }
        return std::nullopt;
    }
    paths.replace(std::make_shared<const std::vector<llmx::own_path>>(s->own_paths));
    for (const auto& w : s->warnings) say(w);
    std::string names = needs_restart(started.listen, s->listen);
    if (started.tokenizer_files != s->tokenizer_files) names += names.empty() ? "tokenizer_files" : ", tokenizer_files";
    if (!(started.kept == s->kept)) names += names.empty() ? "files, batches" : ", files, batches";
    if (!names.empty()) say("unchanged until a restart: " + names);
    say("reloaded; deployments: " + std::to_string(s->deployments.size()));
    return std::move(s->listen);
}
