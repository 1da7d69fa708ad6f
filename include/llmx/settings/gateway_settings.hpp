// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/key_ring.hpp>
#include <llmx/core/any_settings.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/gateway/own_path.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// How a server should listen; the program passes it to `server_options`.
struct listen_settings {
    listen_settings() = default;
    std::string host = "127.0.0.1";
    std::uint16_t port = 4000;
    /// 0: as many as the machine has processors.
    unsigned threads = 0;
    secret master_key;
    /// Keys of callers beside the master key.
    std::vector<access_key> keys;
    std::size_t max_request_body = std::size_t(32) * 1024 * 1024;
    duration header_timeout = std::chrono::seconds(10);
    duration keep_alive_timeout = std::chrono::seconds(75);
    duration drain_timeout = std::chrono::seconds(30);
    std::size_t max_connections = 16 * 1024;
    /// Bytes that all buffered bodies and answers may take together (`server_options::memory`);
    /// 0: a quarter of the machine's memory. The key `memory_limit_mb` is in MiB.
    std::size_t memory_limit = 0;
    /// `server_options::stream_ping_interval`.
    duration stream_ping_interval = std::chrono::seconds(10);
    /// Of realtime sessions: `realtime_options::idle`, `ping`, `longest`, `max_sessions` and `max_sessions_per_caller`.
    duration realtime_idle_timeout = std::chrono::minutes(10), realtime_ping_interval = std::chrono::seconds(20),
             realtime_session_limit = duration::zero();
    std::size_t max_realtime_sessions = 0, max_realtime_sessions_per_key = 0;
    /// `server_options::cors_origins`.
    std::optional<std::vector<std::string>> cors_origins;
    /// `server_options::forward_headers`.
    std::vector<std::string> forward_headers;
    /// Whether responses are kept (`openai_stored_responses_endpoint`), and `response_store_options`. `responses_store_mb` is in MiB.
    bool store_responses = true;
    std::size_t responses_store_bytes = std::size_t(64) * 1024 * 1024;
    duration responses_store_ttl = std::chrono::hours(24 * 30);
    /// "off", "error", "info" or "debug".
    std::string log_level = "info";
};

/// Where files, batches and records of other resources are kept; the program passes it to `resource_options`.
struct kept_settings {
    kept_settings() = default;
    /// A directory; empty: memory, whose content ends with the process.
    std::string path;
    /// Bytes of one file, and of all.
    std::uint64_t max_file_bytes = std::uint64_t{512} * 1024 * 1024;
    std::uint64_t max_bytes = std::uint64_t{10} * 1024 * 1024 * 1024;
    /// The key of ids; empty: made of the master key, else a new one for each start.
    secret id_key;
    /// Requests of one batch that run at once, and that begin within a minute (0: no limit).
    unsigned batch_concurrency = 4, batch_requests_per_minute = 0;
    /// `resource_options::batch_retries`, and `longest_retry_wait` in seconds.
    unsigned batch_retries = 30, batch_retry_wait = 60;
    bool native_batches = true;
    friend bool operator==(const kept_settings& a, const kept_settings& b) noexcept {
        return a.path == b.path && a.max_file_bytes == b.max_file_bytes && a.max_bytes == b.max_bytes && a.id_key.reveal() == b.id_key.reveal() &&
               a.batch_concurrency == b.batch_concurrency && a.batch_requests_per_minute == b.batch_requests_per_minute &&
               a.batch_retries == b.batch_retries && a.batch_retry_wait == b.batch_retry_wait && a.native_batches == b.native_batches;
    }
};

/// What becomes of a model that cannot be served: this program does not have its provider, or the environment has no key, no base URL
/// or not the variable that the configuration names.
enum class unserved_models : std::uint8_t {
    /// The configuration is refused.
    refused,
    /// The model is named in `gateway_settings::warnings` and `unserved`, and all others are served.
    reported,
};

/// The settings of a configuration besides the options of policies, checked and with defaults filled in: plain data.
struct gateway_settings {
    gateway_settings() = default;

    std::vector<deployment> deployments;
    /// Makes the settings of the mock for an answer that a request brings; null: this program has no mock.
    any_settings (*answer_settings)(std::string_view answer) = nullptr;
    /// True if the deployments came from a `model_list` with entries; otherwise they are the mock and those that the
    /// environment has keys for, or none when the list is there and empty.
    bool has_model_list = false;
    /// `general_settings.pass_through`: whether vendors' own paths are served (`/{vendor}/*`) where there are credentials for the vendor.
    bool pass_through = true;
    /// For those paths, one deployment for each provider: that of `deployments` with the lowest order, else what the environment has. They are
    /// in no list of models.
    std::vector<deployment> vendor_paths;
    /// `general_settings.pass_through_endpoints`: paths of the operator's own.
    std::vector<own_path> own_paths;
    /// `general_settings.pass_through_request_timeout`: how long the answer to a request on either of them may take to begin; 0: as long
    /// as that of
    /// any other call.
    duration pass_through_timeout = duration::zero();
    /// Models of the `model_list` that have no deployment.
    std::vector<unserved_model> unserved;
    /// `general_settings.models_file`: a file or an `http(s)` URL of facts about models; empty: none.
    std::string models_file;
    /// `general_settings.tokenizer_files`: a directory of files of ranks (`load_tokenizers`); empty: none.
    std::string tokenizer_files;
    /// `general_settings.files` and `batches`.
    kept_settings kept;
    /// Further public names of model groups: (alias, group).
    std::vector<std::pair<std::string, std::string>> aliases;
    listen_settings listen;

    /// Ignored keys and probable mistakes; one line each, without secrets.
    std::vector<std::string> warnings;
};

/// A whole configuration of a gateway of type \p Gateway.
template <class Gateway> struct configuration : gateway_settings {
    configuration() = default;
    explicit configuration(typename Gateway::policies_type given) : policies(std::move(given)) {}

    /// The options of each policy of the gateway.
    typename Gateway::policies_type policies;
    /// Those of the policy \p P.
    template <class P> [[nodiscard]] P& policy() noexcept { return std::get<P>(policies); }
    template <class P> [[nodiscard]] const P& policy() const noexcept { return std::get<P>(policies); }
};

} // namespace llmx::inline LLMX_ABI
