// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/embeddings.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/openai/detail/embeddings_fields.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The usage object that \p text is, which has passed a scan.
LLMX_DECL [[nodiscard]] usage openai_embeddings_usage(std::string_view text) {
    std::optional<std::int64_t> prompt, total;
    usage u;
    json_scanner scanner(text);
    for (json_member m; scanner.next(m);) {
        const auto n = json_count(m.value);
        if (!n) continue;
        if (m.named("prompt_tokens") || m.named("input_tokens")) prompt = *n;
        else if (m.named("total_tokens")) total = *n;
        else if (m.named("completion_tokens") || m.named("output_tokens")) u.output_tokens = *n;
    }
    u.input_tokens = prompt ? *prompt : subtract_counts(total.value_or(0), u.output_tokens);
    return u;
}

/// One element of `data`.
LLMX_DECL [[nodiscard]] result<void> openai_embeddings_read_vector(std::string_view text, std::size_t position,
                                                                   embedding_vector& to) {
    bool has_values = false;
    const auto done = scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (m.named("embedding")) {
            to.values.clear();
            has_values = read_float_value(m.value, to.values);
            if (!has_values)
                return error(errc::bad_response, "data[" + std::to_string(position) +
                                                     "].embedding is neither numbers nor base64 of float32");
        } else if (m.named("index")) {
            if (const auto n = json_count(m.value)) to.index = static_cast<std::size_t>(*n);
        } else if (!m.named("object")) { // "embedding"
            return add_scanned_extra(m, openai_embeddings::name, to.extra);
        }
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!has_values) return error(errc::bad_response, "data[" + std::to_string(position) + "] has no embedding");
    return success();
}

LLMX_DECL [[nodiscard]] result<void> openai_embeddings_read_vectors(std::string_view data,
                                                                    std::vector<embedding_vector>& to) {
    if (!data.starts_with('[')) return error(errc::bad_response, "the answer has no list of embeddings");
    to.clear();
    bool indexed = false;
    const auto done = scan_json_elements(data, [&](const json_member& e) -> result<void> {
        const std::size_t position = to.size();
        embedding_vector& one = to.emplace_back();
        // The vectors of one answer have one length.
        if (position != 0) one.values.reserve(to[position - 1].values.size());
        constexpr std::size_t unsaid = static_cast<std::size_t>(-1);
        one.index = unsaid;
        if (auto r = openai_embeddings_read_vector(e.value, position, one); r.has_error()) return r;
        if (one.index == unsaid) one.index = position;
        else indexed = true;
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (indexed && !sort_embedding_vectors(to))
        return error(errc::bad_response, "the indexes of the embeddings are not those of the inputs");
    return success();
}

} // namespace detail

LLMX_DECL result<embedding_reply> openai_embeddings::decode_reply(std::string_view body) {
    embedding_reply to;
    std::string_view data, failure;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("data")) data = m.value;
        else if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
        else if (m.named("model")) to.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("usage"))
            to.usage = m.value.starts_with('{') ? detail::openai_embeddings_usage(m.value) : usage();
        else if (!m.named("object")) return detail::add_scanned_extra(m, name, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) return detail::openai_flat_failure(failure);
    if (done = detail::openai_embeddings_read_vectors(data, to.vectors); done.has_error()) return done.error();
    return to;
}

LLMX_DECL void openai_embeddings::encode_reply(const embedding_reply& reply, const reply_options& options,
                                               std::string& out) {
    json_writer w(out);
    w.object().member("object", "list").key("data").array();
    for (const auto& v : reply.vectors) {
        w.object().member("object", "embedding").member("index", v.index).key("embedding").raw(std::string_view());
        if (options.base64) detail::append_float_base64(out, v.values);
        else detail::append_float_array(out, v.values);
        w.extra(v.extra, name).end_object();
    }
    w.end_array();
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.key("usage").object().member("prompt_tokens", reply.usage.input_tokens);
    if (reply.usage.output_tokens != 0) w.member("completion_tokens", reply.usage.output_tokens);
    w.member("total_tokens", reply.usage.total_tokens()).end_object();
    w.extra(reply.extra, name).end_object();
}

LLMX_DECL bool openai_embeddings::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "data", "[{");
}

LLMX_DECL usage openai_embeddings::scan_usage(std::string_view body) {
    usage found;
    const auto done = scan_json_members(body, [&found](const json_member& m) {
        if (m.named("usage")) found = m.value.starts_with('{') ? detail::openai_embeddings_usage(m.value) : usage();
    });
    return done.has_error() ? usage() : found;
}

} // namespace llmx::inline LLMX_ABI
