// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/gemini/detail/embeddings_fields.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/gemini/impl/embeddings_encode_request.ipp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

/// One ContentEmbedding.
LLMX_DECL [[nodiscard]] result<void> gemini_embed_read_vector(std::string_view text, std::string_view codec,
                                                              std::vector<embedding_vector>& to) {
    const std::size_t position = to.size();
    embedding_vector& one = to.emplace_back();
    one.index = position;
    // The vectors of one answer have one length.
    if (position != 0) one.values.reserve(to[position - 1].values.size());
    return scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (!m.named("values")) return add_scanned_extra(m, codec, one.extra);
        one.values.clear();
        if (!is_json_null(m.value) && !read_float_array(m.value, one.values))
            return error(errc::bad_response,
                         "embedding " + std::to_string(position) + " has values that are not numbers");
        return success();
    });
}

/// Both forms of an answer, `embedding` and `embeddings`.
LLMX_DECL [[nodiscard]] result<embedding_reply> gemini_embed_read_reply(std::string_view body,
                                                                        std::string_view codec) {
    embedding_reply to;
    std::string_view one, many, failure;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("embedding")) one = m.value;
        else if (m.named("embeddings")) many = m.value;
        else if (m.named("error")) failure = m.value;
        else if (gemini_named(m, "usageMetadata", "usage_metadata"))
            to.usage = m.value.starts_with('{') ? gemini_scan_usage(m.value) : usage();
        else return add_scanned_extra(m, codec, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, "the provider's answer is " + done.error().message());
    if (failure.starts_with('{')) {
        const auto parsed = parse_json_object(failure);
        if (parsed.has_error()) return error(errc::bad_response, parsed.error().message());
        return gemini_stream_error(*parsed);
    }
    const auto read = [&](const json_member& e) { return gemini_embed_read_vector(e.value, codec, to.vectors); };
    if (many.starts_with('[')) done = scan_json_elements(many, read);
    else if (one.starts_with('{')) done = gemini_embed_read_vector(one, codec, to.vectors);
    else if (many.starts_with('{')) done = gemini_embed_read_vector(many, codec, to.vectors);
    else return error(errc::bad_response, "the provider's answer has no embeddings");
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    return to;
}

LLMX_DECL void gemini_embed_write_vector(json_writer& w, const embedding_vector& v, std::string& out) {
    w.object().key("values").raw(std::string_view());
    append_float_array(out, v.values);
    if (gemini_embed_owns(v.extra)) write_outer_extra(w, v.extra, {});
    w.end_object();
}

LLMX_DECL void gemini_embed_write_usage(json_writer& w, const usage& u) {
    if (u.empty()) return;
    w.key("usageMetadata").object();
    w.member("promptTokenCount", u.input_tokens).member("totalTokenCount", u.total_tokens());
    if (u.input_audio_tokens > 0) {
        w.key("promptTokensDetails").array().object();
        w.member("modality", "AUDIO").member("tokenCount", u.input_audio_tokens).end_object().end_array();
    }
    w.end_object();
}

LLMX_DECL void gemini_embed_write_reply(const embedding_reply& reply, std::string& out, gemini_embed_inputs inputs) {
    json_writer w(out);
    w.object();
    if (inputs == gemini_embed_inputs::one) {
        w.key("embedding");
        if (reply.vectors.empty()) w.object().end_object();
        else gemini_embed_write_vector(w, reply.vectors.front(), out);
    } else {
        w.key("embeddings").array();
        for (const auto& v : reply.vectors) gemini_embed_write_vector(w, v, out);
        w.end_array();
    }
    gemini_embed_write_usage(w, reply.usage);
    if (gemini_embed_owns(reply.extra)) write_outer_extra(w, reply.extra, {});
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
