// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/request_weight.hpp>

#include <variant>

namespace llmx::inline LLMX_ABI::detail {

/// Counts down from a number of bytes; stops looking once it is used up.
class request_scale {
public:
    explicit request_scale(std::size_t bytes) noexcept : left_(bytes) {}
    [[nodiscard]] bool exceeded() const noexcept { return exceeded_; }

    void add(std::size_t bytes) noexcept {
        if (bytes > left_) exceeded_ = true;
        else left_ -= bytes;
    }
    void add(const extra_members& extra) noexcept {
        for (const auto& m : extra.members) {
            if (exceeded_) return;
            add(m.name.size() + m.value.text.size() + member);
        }
    }
    void add(const media& m) noexcept { add(m.data.size() + m.url.size() + m.file_id.size() + m.media_type.size()); }

    void operator()(const text_part& p) noexcept {
        add(p.text.size() + p.signature.size());
        for (const auto& c : p.citations) {
            if (exceeded_) return;
            add(c.url.size() + c.title.size() + c.quote.size() + member);
            add(c.original);
        }
        add(p.extra);
    }
    void operator()(const refusal_part& p) noexcept { add(p.text.size()); }
    void operator()(const image_part& p) noexcept { media_part(p); }
    void operator()(const audio_part& p) noexcept { media_part(p); }
    void operator()(const file_part& p) noexcept { media_part(p); }
    void operator()(const thinking_part& p) noexcept {
        add(p.text.size() + p.signature.size() + p.redacted_data.size());
        add(p.extra);
    }
    void operator()(const tool_call_part& p) noexcept {
        add(p.id.size() + p.name.size() + p.arguments.size() + p.signature.size());
        add(p.extra);
    }
    void operator()(const tool_result_part& p) noexcept {
        add(p.call_id.size() + p.name.size());
        for (const auto& part : p.content) {
            if (exceeded_) return;
            add(member);
            std::visit(*this, part);
        }
        add(p.extra);
    }
    void operator()(const opaque_part& p) noexcept { add(p.value.text.size()); }

    void operator()(const message& m) noexcept {
        add(member + m.name.size());
        for (const auto& part : m.content) {
            if (exceeded_) return;
            add(member);
            std::visit(*this, part);
        }
        add(m.extra);
    }
    void operator()(const tool& t) noexcept {
        add(member + t.name.size() + t.description.size() + t.parameters.text.size());
        if (t.builtin) add(t.builtin->value.text.size());
        add(t.extra);
    }

private:
    /// Bytes of the names and marks around the shortest value.
    static constexpr std::size_t member = 8;

    template <class Part> void media_part(const Part& p) noexcept {
        add(p.source);
        add(p.extra);
    }

    std::size_t left_;
    bool exceeded_ = false;
};

LLMX_DECL bool outweighs(const chat_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    for (const message& m : request.messages) {
        if (scale.exceeded()) return true;
        scale(m);
    }
    for (const tool& t : request.tools) {
        if (scale.exceeded()) return true;
        scale(t);
    }
    if (request.tool_choice)
        for (const auto& name : request.tool_choice->allowed) {
            if (scale.exceeded()) return true;
            scale.add(name.size() + 4);
        }
    scale.add(request.logit_bias.text.size());
    if (request.response_format) scale.add(request.response_format->schema.text.size());
    for (const auto& m : request.metadata) {
        if (scale.exceeded()) return true;
        scale.add(m.first.size() + m.second.size());
    }
    for (const auto& s : request.stop) {
        if (scale.exceeded()) return true;
        scale.add(s.size());
    }
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const embedding_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    for (const embedding_input& i : request.inputs) {
        if (scale.exceeded()) return true;
        // A token id takes about six bytes.
        scale.add(i.text.size() + i.tokens.size() * 6 + i.title.size());
        scale.add(i.extra);
    }
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const speech_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    scale.add(request.input.size() + request.instructions.size());
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const moderation_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    for (const moderation_input& i : request.inputs) {
        if (scale.exceeded()) return true;
        scale.add(i.text.size() + i.image_url.size());
        scale.add(i.extra);
    }
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const rerank_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    scale.add(request.query.size());
    for (const rerank_document& d : request.documents) {
        if (scale.exceeded()) return true;
        scale.add(d.text.size() + d.fields.text.size() + 4);
    }
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const image_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    scale.add(request.prompt.size());
    for (const image_file& f : request.images) {
        if (scale.exceeded()) return true;
        scale.add(f.octets.size());
    }
    if (request.mask) scale.add(request.mask->octets.size());
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const ocr_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    // A document may be in the URL.
    scale.add(request.document.url.size() + request.document_annotation_format.text.size() + request.bbox_annotation_format.text.size());
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const video_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    scale.add(request.prompt.size() + request.reference.octets.size() + request.reference.url.size());
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const video_state_request& request, std::size_t bytes) noexcept { return request.id.size() > bytes; }

LLMX_DECL bool outweighs(const search_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    for (const auto* const list : {&request.queries, &request.domains})
        for (const std::string& s : *list) scale.add(s.size());
    scale.add(request.extra);
    return scale.exceeded();
}

LLMX_DECL bool outweighs(const transcription_request& request, std::size_t bytes) noexcept {
    request_scale scale(bytes);
    scale.add(request.file.size() + request.prompt.size());
    for (const auto* const list : {&request.known_speaker_references, &request.keywords}) {
        for (const std::string& s : *list) {
            if (scale.exceeded()) return true;
            scale.add(s.size());
        }
    }
    scale.add(request.extra);
    return scale.exceeded();
}

} // namespace llmx::inline LLMX_ABI::detail
