// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/resource_record.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/topology.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/service/any_service.hpp>
#include <llmx/service/call.hpp>
#include <llmx/transport/body_source.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/json_strings.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A vendor with files, batches or further resources: where they are below its base URL.
struct resource_vendor {
    std::string_view provider;
    /// Stands before "/files", "/batches" and so on.
    std::string_view root = "/v1";
    /// Where files are uploaded.
    std::string_view upload = "/files";
    bool batches = false;
    /// Fine-tuning, vector stores, assistants, containers, evals.
    bool others = false;
    /// Its files have Anthropic's form.
    bool anthropic = false;
};
// platform.openai.com/docs/api-reference/files; learn.microsoft.com/azure/ai-foundry/openai/latest (the versionless API);
// console.groq.com/docs/batch; docs.mistral.ai/api/endpoint/files; docs.together.ai/reference/upload-file; platform.claude.com/docs/en/build-with-claude/files
inline constexpr resource_vendor resource_vendors[] = {
    {.provider = "openai", .batches = true, .others = true},
    {.provider = "azure", .root = "/openai/v1", .batches = true, .others = true},
    {.provider = "groq", .batches = true},
    {.provider = "mistral"},
    {.provider = "together_ai", .upload = "/files/upload"},
    {.provider = "anthropic", .anthropic = true},
};
/// Null when the provider has no files.
[[nodiscard]] constexpr const resource_vendor* find_resource_vendor(std::string_view provider) noexcept {
    for (const resource_vendor& v : resource_vendors)
        if (v.provider == provider) return &v;
    return nullptr;
}

/// A request to a vendor's own API.
struct vendor_ask {
    vendor_ask() = default;
    std::string_view method = "GET";
    std::string path, query, content_type, body;
    /// The body in place of `body`.
    body_source* source = nullptr;
    /// Further fields; views.
    std::vector<http_field> fields;
    /// For the report.
    std::string_view model;
    /// The codec of the answer, for what is charged; null: nothing is.
    const codec_ops* codec = nullptr;
    /// As `pass_through_request::measures`.
    unit_measures measures;
    /// As `pass_through_request::elsewhere`.
    const base_url* elsewhere = nullptr;
};

/// A whole answer.
struct vendor_answer {
    vendor_answer() = default;
    pass_through_answer head;
    std::string body;
};

/// Sends \p ask to the deployment with the id \p deployment by the call \p c, and reads the answer, of at most \p most bytes, to its end. The call has ended
/// then. An answer of 400 and above is a success of this function; failures are those of calls, and `errc::not_found` when the deployment
/// is no longer configured.
LLMX_DECL boost::asio::awaitable<result<vendor_answer>> ask_vendor(const any_service& gateway, call& c, std::string_view deployment, const vendor_ask& ask,
                                                                   std::size_t most);
inline constexpr std::size_t max_resource_answer = std::size_t{16} * 1024 * 1024;

/// How an answer is relayed to a client.
struct vendor_relay {
    vendor_relay() = default;
    /// Another id for a string of a JSON answer, or of a line of events; unset: strings stay.
    std::function<std::optional<std::string>(const json_strings::item&)> change;
    /// Is awaited with a whole JSON answer of a status below 300, after `change`. It may change the text.
    std::function<boost::asio::awaitable<result<void>>(std::string& text)> keep;
};
/// Sends \p ask and relays the answer: JSON whole and events line by line with their strings changed, everything else as it comes.
LLMX_DECL boost::asio::awaitable<void> relay_vendor(server_connection& peer, const any_service& gateway, std::string_view deployment,
                                                    const vendor_ask& ask, const vendor_relay& how);

/// The deployment for a request that names no resource of a vendor: that of \p model's group, or the one for own paths of the vendor \p provider
/// (`pass_through_group`), or of the first vendor in \p fallbacks that has one. Null: there is none. Fails with `errc::not_found` for a model or a
/// provider that is not served, and with `errc::permission_denied` for one that the caller may not use; a caller that is limited to models
/// has to name one.
LLMX_DECL [[nodiscard]] result<const deployment*> resource_deployment(const topology& served, const principal* who, std::string_view model,
                                                                      std::string_view provider, std::span<const std::string_view> fallbacks);
/// The model and the vendor that a request names in its query or its fields (LiteLLM: `model`, `custom_llm_provider`, `x-litellm-model`).
struct resource_choice {
    resource_choice() = default;
    std::string model, provider;
};
LLMX_DECL [[nodiscard]] resource_choice choice_of(const http_request_head& head);

/// \p model as the deployment \p d calls it.
LLMX_DECL [[nodiscard]] std::string model_at(const deployment& d, std::string_view model);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/vendor_request.ipp>
#endif

#endif // LLMX_NO_TLS
