// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/token_estimate.hpp>

#include <type_traits>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Sums the parts of a message.
struct part_estimate {
    std::size_t text = 0;
    std::uint64_t media = 0;

    void operator()(const text_part& p) noexcept { text += p.text.size(); }
    void operator()(const tool_call_part& p) noexcept { text += p.name.size() + p.arguments.size(); }
    void operator()(const thinking_part& p) noexcept { text += p.text.size(); }
    void operator()(const image_part&) noexcept { ++media; }
    void operator()(const audio_part&) noexcept { ++media; }
    void operator()(const file_part&) noexcept { ++media; }
    void operator()(const tool_result_part& p) noexcept {
        for (const auto& inner : p.content) std::visit(*this, inner);
    }
    template <class Other> void operator()(const Other&) noexcept {}
};

} // namespace detail

LLMX_DECL std::uint64_t estimate_tokens(const chat_request& request) noexcept {
    detail::part_estimate sum;
    for (const message& m : request.messages)
        for (const content_part& p : m.content) std::visit(sum, p);
    for (const tool& t : request.tools) sum.text += t.name.size() + t.description.size() + t.parameters.text.size();
    return tokens_of_text(sum.text) + sum.media * tokens_of_media +
           static_cast<std::uint64_t>(clamp_count(request.max_output_tokens.value_or(0)));
}

LLMX_DECL std::uint64_t estimate_tokens(const embedding_request& request) noexcept {
    std::size_t text = 0, ids = 0;
    for (const embedding_input& i : request.inputs) {
        if (i.is_tokens()) ids += i.tokens.size();
        else text += i.text.size();
    }
    return tokens_of_text(text) + ids;
}

LLMX_DECL std::uint64_t estimate_tokens(const speech_request& request) noexcept {
    return tokens_of_text(request.input.size() + request.instructions.size());
}

LLMX_DECL std::uint64_t estimate_tokens(const moderation_request& request) noexcept {
    std::size_t text = 0;
    std::uint64_t media = 0;
    for (const moderation_input& i : request.inputs) {
        text += i.text.size();
        media += i.image_url.empty() ? 0 : 1;
    }
    return tokens_of_text(text) + media * tokens_of_media;
}

LLMX_DECL std::uint64_t estimate_tokens(const rerank_request& request) noexcept {
    std::size_t text = 0;
    for (const rerank_document& d : request.documents) text += d.text.size() + d.fields.text.size();
    return tokens_of_text(text) + tokens_of_text(request.query.size()) * request.documents.size();
}

LLMX_DECL std::uint64_t estimate_tokens(const image_request& request) noexcept {
    const std::uint64_t sent = request.images.size() + (request.mask ? 1 : 0);
    return tokens_of_text(request.prompt.size()) + (sent + static_cast<std::uint64_t>(clamp_count(request.n.value_or(1)))) * tokens_of_media;
}

LLMX_DECL std::uint64_t estimate_tokens(const ocr_request& request) noexcept {
    return tokens_of_media + tokens_of_text(request.document_annotation_prompt.size());
}

LLMX_DECL std::uint64_t estimate_tokens(const video_request& request) noexcept {
    return tokens_of_text(request.prompt.size()) + (request.reference.empty() ? 0 : tokens_of_media);
}

LLMX_DECL std::uint64_t estimate_tokens(const search_request& request) noexcept {
    std::size_t text = 0;
    for (const std::string& q : request.queries) text += q.size();
    return tokens_of_text(text);
}

LLMX_DECL std::uint64_t estimate_tokens(const transcription_request& request) noexcept {
    return tokens_of_media + tokens_of_text(request.prompt.size());
}

} // namespace llmx::inline LLMX_ABI
