// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/resources.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/awaitable.hpp>
#include <llmx/server/detail/vendor_request.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/routes.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What of a path stands behind \p root or behind "/v1" and it; false when neither begins it.
[[nodiscard]] constexpr bool behind_root(std::string_view path, std::string_view root, std::string_view& rest) noexcept {
    if (path.starts_with("/v1/")) path.remove_prefix(3);
    if (!path.starts_with(root)) return false;
    rest = path.substr(root.size());
    return rest.empty() || rest.front() == '/';
}

/// Of `/v1/{things}[/{id}[/{verb}]]`.
enum class resource_path : std::uint8_t { list, one, verb };
/// The match of such a path; \p verb with \p verb_method.
[[nodiscard]] inline endpoint_match match_resource(std::string_view method, std::string_view path, std::string_view root, std::string_view one_allows,
                                                   std::string_view verb, std::string_view verb_allows) noexcept {
    std::string_view rest;
    if (!behind_root(path, root, rest)) return endpoint_match();
    const auto form = [](resource_path p) { return static_cast<std::uint8_t>(p); };
    if (rest.empty() || rest == "/") return endpoint_match::of(method, "GET, HEAD, POST", std::string_view(), form(resource_path::list));
    rest.remove_prefix(1);
    const std::size_t end = rest.find('/');
    if (end == std::string_view::npos) return endpoint_match::of(method, one_allows, rest, form(resource_path::one));
    if (rest.substr(end + 1) == verb) return endpoint_match::of(method, verb_allows, rest.substr(0, end), form(resource_path::verb));
    return endpoint_match();
}

LLMX_DECL boost::asio::awaitable<void> serve_files(server_connection& peer, resources& all, const any_service& gateway, const topology& served);

} // namespace detail

/// `/v1/files`: upload, list, retrieve, delete and content, in OpenAI's form, or in Anthropic's for callers that send `anthropic-version`
/// (platform.openai.com/docs/api-reference/files, platform.claude.com/docs/en/build-with-claude/files).
///
/// A file for a batch is kept by the gateway, and so is every file when no vendor with files is served. Other files go to a vendor: that of
/// `model` (form, query or `x-litellm-model`) or `target_model_names` (the first), or `custom_llm_provider`; else to OpenAI or Azure OpenAI,
/// Anthropic's callers' to Anthropic. A vendor without files (Gemini) leaves the file with the gateway. The id leads later
/// requests back (`resource_ids`); ids of other callers are 404. Lists have the caller's own files alone. While it is uploaded a file is in
/// the store and never in memory; `resource_options::max_file_bytes` and `http_request_limits::max_body` bound it.
class files_endpoint {
public:
    static constexpr std::string_view usage = "GET and POST /v1/files, GET and DELETE /v1/files/{id}, GET /v1/files/{id}/content";
    static constexpr std::string_view name = "files";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool streams_body = true;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    /// \p all is not null.
    explicit files_endpoint(std::shared_ptr<resources> all) noexcept : all_(std::move(all)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return detail::match_resource(method, path, "/files", "GET, HEAD, DELETE", "content", "GET");
    }
    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const any_service service = any_service::refer_to(gateway);
        const std::shared_ptr<const topology> served = gateway.world();
        co_await detail::serve_files(peer, *all_, service, *served);
    }

private:
    std::shared_ptr<resources> all_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/openai_files.ipp>
#endif

#endif // LLMX_NO_TLS
