// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_files.hpp>

#if !defined(LLMX_NO_TLS)

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A tree of paths of OpenAI's API whose first level are things with ids.
struct resource_tree {
    /// Behind "/v1".
    std::string_view root;
    /// How ids of its things begin.
    std::string_view beginning;
    /// A path without an id that makes a thing of this tree too ("/threads/runs").
    std::string_view maker = {};
};
// platform.openai.com/docs/api-reference
inline constexpr resource_tree resource_trees[] = {
    {"/fine_tuning/jobs", "ftjob-"}, {"/vector_stores", "vs_"}, {"/assistants", "asst_"}, {"/threads", "thread_", "/runs"},
    {"/containers", "cntr_"},        {"/evals", "eval_"},       {"/uploads", "upload_"}};

LLMX_DECL boost::asio::awaitable<void> serve_resources(server_connection& peer, resources& all, const any_service& gateway, const topology& served);

} // namespace detail

/// Fine-tuning jobs, vector stores, assistants, threads and runs, containers, evals and uploads of OpenAI and Azure OpenAI: `resource_trees`.
///
/// Requests are passed on to one vendor's account as they came, by method and path, except ids. An id of the gateway in the path, the query or a
/// JSON body becomes the vendor's, and names the account; all of a request have to be of one. A request without any goes to the deployment
/// of the model that its body or its query names, to `custom_llm_provider`, else to OpenAI or Azure OpenAI. In answers, also in events of
/// runs, the ids of files and of the things above become the gateway's; those of parts (messages, runs, steps) stay, since they stand behind the id of the
/// whole. A list of the first level has what the caller has made, as it was last seen, and asks the vendor about what may have changed. Requests
/// are tried once. Each model that a body names must be one that the caller may use.
class resources_endpoint {
public:
    static constexpr std::string_view usage =
        "/v1/fine_tuning/jobs, /v1/vector_stores, /v1/assistants, /v1/threads, /v1/containers, /v1/evals, /v1/uploads and what is below them";
    static constexpr std::string_view name = "resources";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    /// \p all is not null.
    explicit resources_endpoint(std::shared_ptr<resources> all) noexcept : all_(std::move(all)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        std::string_view rest;
        for (std::size_t i = 0; i < std::size(detail::resource_trees); ++i)
            if (detail::behind_root(path, detail::resource_trees[i].root, rest))
                return endpoint_match::of(method, "GET, POST, DELETE", rest.substr(0, rest.size()), static_cast<std::uint8_t>(i));
        return endpoint_match();
    }
    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const any_service service = any_service::refer_to(gateway);
        const std::shared_ptr<const topology> served = gateway.world();
        co_await detail::serve_resources(peer, *all_, service, *served);
    }

private:
    std::shared_ptr<resources> all_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/openai_resources.ipp>
#endif

#endif // LLMX_NO_TLS
