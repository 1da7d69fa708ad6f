// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_files.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/dialects/anthropic/messages.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL boost::asio::awaitable<void> serve_batches(server_connection& peer, std::shared_ptr<resources> all, const any_service& gateway,
                                                     const topology& served, bool anthropic);

} // namespace detail

/// Continues, as background tasks of \p on, the batches of \p all that an earlier process has begun. Call it once, before the server runs. \p gateway
/// executes their calls and must outlive \p on.
LLMX_DECL void resume_batches(std::shared_ptr<resources> all, runtime& on, any_service gateway);

/// `/v1/batches`: create, list, retrieve and cancel, in OpenAI's form (platform.openai.com/docs/api-reference/batch).
///
/// A file that the gateway keeps is carried out by the gateway itself, whatever the providers of its models are: each line is a call with the
/// policies, limits and accounts of the caller's key, in the background and at `resource_options::batch_concurrency`. Its progress is in the store: a
/// batch goes on after a restart (`resume_batches`). With `custom_llm_provider` (body, query or upload) of a vendor with batches the file is sent
/// there instead, as it is, and the batch is the vendor's; so is one whose file is the vendor's already. Ids of other callers are 404. Paths:
/// `/v1/chat/completions`, `/v1/responses`, `/v1/embeddings`, `/v1/completions`, `/v1/moderations` and, beyond OpenAI, `/v1/messages`.
class batches_endpoint {
public:
    static constexpr std::string_view usage = "GET and POST /v1/batches, GET /v1/batches/{id}, POST /v1/batches/{id}/cancel";
    static constexpr std::string_view name = "batches";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    /// \p all is not null.
    explicit batches_endpoint(std::shared_ptr<resources> all) noexcept : all_(std::move(all)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return detail::match_resource(method, path, "/batches", "GET, HEAD", "cancel", "POST");
    }
    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const any_service service = any_service::refer_to(gateway);
        const std::shared_ptr<const topology> served = gateway.world();
        co_await detail::serve_batches(peer, all_, service, *served, false);
    }

private:
    std::shared_ptr<resources> all_;
};

/// `/v1/messages/batches`: create, list, retrieve, cancel, delete and results, in Anthropic's form (platform.claude.com/docs/en/api/messages/batches).
///
/// The gateway carries them out as it does OpenAI's, over any provider. Anthropic's own batches are at the vendor's own path.
class message_batches_endpoint {
public:
    static constexpr std::string_view usage =
        "GET and POST /v1/messages/batches, GET and DELETE /v1/messages/batches/{id}, POST /v1/messages/batches/{id}/cancel, "
        "GET /v1/messages/batches/{id}/results";
    static constexpr std::string_view language = anthropic_messages::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { anthropic_messages::encode_error(e, out); }

    /// \p all is not null.
    explicit message_batches_endpoint(std::shared_ptr<resources> all) noexcept : all_(std::move(all)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        constexpr std::string_view root = "/messages/batches";
        const endpoint_match results = detail::match_resource(method, path, root, "GET, HEAD, DELETE", "results", "GET");
        return results.what != endpoint_match::verdict::none ? results : detail::match_resource(method, path, root, "GET, HEAD, DELETE", "cancel", "POST");
    }
    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const any_service service = any_service::refer_to(gateway);
        const std::shared_ptr<const topology> served = gateway.world();
        co_await detail::serve_batches(peer, all_, service, *served, true);
    }

private:
    std::shared_ptr<resources> all_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/openai_batches.ipp>
#endif

#endif // LLMX_NO_TLS
