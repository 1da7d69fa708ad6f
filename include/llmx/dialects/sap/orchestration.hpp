// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/framed_chat.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/wire/sse.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The events of an orchestration, whose `final_result` is a chunk in OpenAI's form. Not thread-safe.
class sap_frames {
public:
    LLMX_DECL [[nodiscard]] result<void> feed(std::string_view bytes, std::string& inner);
    [[nodiscard]] result<void> finish() { return success(); }
    [[nodiscard]] std::size_t pending() const noexcept { return events_.unfinished(); }

private:
    sse_parser events_;
};

} // namespace detail

/// Chat by the orchestration service of SAP's Generative AI Hub, `POST {deployment}/v2/completion`: for providers alone.
///
/// OpenAI's messages are the template of `config.modules.prompt_templating`, beside it tools and the form of the answer; all other members
/// are `model.params`. Answers are in `final_result`. A message's `{{?name}}` is a placeholder to the service.
///
/// `model_version` in a request in OpenAI's language, else "latest", is the model's version. Further modules (filtering, masking, grounding,
/// translation) are the members of an object `config_modules` in such a request, which go beside `prompt_templating`.
/// Source: help.sap.com/docs/sap-ai-core (Orchestration Workflow V2), the requests of the npm package sap-ai-sdk/orchestration.
struct sap_orchestration : detail::framed_chat_codec<openai_chat, detail::sap_frames> {
    static constexpr std::string_view name = "sap_orchestration", language = "sap";
    static constexpr std::string_view path = "/v2/completion";
    static constexpr std::string_view stream_content_type = openai_chat::stream_content_type;

    /// As that of `openai_chat`; \p out is as it was after a failure.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
};

static_assert(upstream_chat_codec<sap_orchestration>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/sap/impl/orchestration.ipp>
#endif
