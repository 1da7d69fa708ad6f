// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/member_required.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/embed_fields.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/wire/json_scan.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What differs between the two forms: the member with the input, that with the vectors, and whether there are several of both.
struct ollama_vectors {
    std::string_view codec, input, answer;
    bool several;
    std::span<const field_rule> fields;
};
inline constexpr ollama_vectors ollama_new_vectors{ollama_embed::name, "input", "embeddings", true, ollama_embed_fields.view()};
inline constexpr ollama_vectors ollama_old_vectors{ollama_embeddings::name, "prompt", "embedding", false, ollama_embeddings_fields.view()};

LLMX_DECL [[nodiscard]] result<request_head> ollama_scan_vectors(const ollama_vectors& form, std::string_view body,
    const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv, "input"sv, "prompt"sv);
    request_head head;
    bool has_model = false, has_input = false;
    members_seen seen;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        const std::size_t which = routed.find(m);
        if (which == 3) return routed.check(m);
        if (seen.again(static_cast<unsigned>(which))) return member_given_twice(m);
        if (which == 0) {
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value)) return member_expected("model", "a string");
            head.model = plain_json_string(m.value).value_or(std::string_view());
            has_model = m.value.size() > 2;
        } else if (routed.name(which) == form.input) {
            has_input = is_json_string(m.value) || (form.several && m.value.starts_with('['));
            if (!has_input) return member_expected(form.input, form.several ? "a string or an array of strings" : "a string");
        }
        return success();
    });
    if (done.has_error()) return done.error();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return member_required("model");
    if (!has_input) return member_required(form.input);
    return head;
}

LLMX_DECL [[nodiscard]] result<embedding_request> ollama_decode_vectors(const ollama_vectors& form, std::string_view body,
    const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root(), input = in[form.input], options = in["options"], dimensions = in["dimensions"];
    embedding_request r;
    in["model"].read(r.model);
    if (!target.model.empty()) r.model = target.model;
    if (r.model.empty()) in["model"].wrong("field required");
    read_fields(in, &r, form.fields);
    if (r.dimensions == 0) dimensions.expected("a whole number of at least 1");
    input.required();
    if (input.is_string() || !form.several) {
        input.read(r.inputs.emplace_back().text);
    } else {
        const std::size_t count = input.size();
        if (input && count == 0) input.expected("at least one input");
        if (count > max_embedding_inputs) input.expected("at most " + std::to_string(max_embedding_inputs) + " inputs");
        r.inputs.reserve(count);
        input.each([&r](const json_cursor& one, std::size_t) {
            if (!one.is_string()) return one.expected("a string");
            one.read(r.inputs.emplace_back().text);
        });
    }
    const ollama_form of{form.codec, false};
    ollama_keep_extra(in, of, std::string_view(), r.extra, {"model", form.input, form.several ? "dimensions" : form.input, "options"});
    // Settings of the runner change no vector.
    if (options.is_object() && !options.object()->empty()) r.extra.add(form.codec, "options", options.text()).hint = true;
    if (const auto read = document.status(); !read) return read.error();
    return r;
}

LLMX_DECL [[nodiscard]] result<void> ollama_encode_vectors(const ollama_vectors& form, const embedding_request& request,
    const encode_options& options,
                                                           std::string& out, drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(place, "expected at least one input");
    if (!form.several && request.inputs.size() > 1) return drops.refuse(place.item(1), "this form has one input",
        errc::unsupported_parameter);
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const embedding_input& one = request.inputs[i];
        if (one.is_tokens()) return drops.refuse(place.item(i), "expected a text and not token ids", errc::unsupported_parameter);
        report_fields(&one, ollama_embed_input_fields.view(), place.item(i), drops);
        if (one.dimensions && (one.dimensions != request.dimensions || !form.several))
            drops.lost(place.item(i).of<&embedding_input::dimensions>());
        drops.foreign(one.extra, std::string_view(), place.item(i));
    }
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model).key(form.input);
    if (request.inputs.size() != 1) w.array();
    for (const embedding_input& one : request.inputs) w.value(one.text);
    if (request.inputs.size() != 1) w.end_array();
    write_fields(w, &request, form.fields, request_place(), drops);
    drops.foreign(request.extra, form.codec, request_place());
    w.extra(request.extra, form.codec).end_object();
    return success();
}

LLMX_DECL [[nodiscard]] result<embedding_reply> ollama_decode_vectors_reply(const ollama_vectors& form, std::string_view body) {
    embedding_reply r;
    std::string_view answer;
    bool failed = false;
    const auto add = [&r](std::string_view values) -> result<void> {
        embedding_vector& v = r.vectors.emplace_back();
        v.index = r.vectors.size() - 1;
        // The vectors of one answer have one length.
        if (v.index != 0) v.values.reserve(r.vectors.front().values.size());
        if (read_float_value(values, v.values)) return success();
        return error(errc::bad_response, "an embedding of the answer is no list of numbers");
    };
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named(form.answer)) answer = m.value;
        else if (m.named("model")) r.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("error")) failed = failed || !is_json_null(m.value);
        else if (m.named("prompt_eval_count")) r.usage.input_tokens = json_count(m.value).value_or(0);
        else return add_scanned_extra(m, form.codec, r.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (failed) {
        error e(errc::provider_internal, "the provider reports a failure in place of an answer");
        e.with_provider_message(ollama_codec::decode_error(body).message);
        return e;
    }
    if (!answer.starts_with('[')) return error(errc::bad_response, "the answer has no list of embeddings");
    if (form.several) done = scan_json_elements(answer, [&add](const json_member& one) { return add(one.value); });
    else done = add(answer);
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    return r;
}

LLMX_DECL [[nodiscard]] std::string ollama_vectors_path(const request_place& at, const embedding_request& request,
                                                        std::span<const std::span<const field_rule>> tables) {
    const bool alone = at.is<&embedding_request::inputs>() && request.inputs.size() == 1;
    return wire_path(alone ? at.without_item() : at, tables);
}

} // namespace detail

LLMX_DECL result<request_head> ollama_embed::scan_request(std::string_view body, const request_target& target) {
    return detail::ollama_scan_vectors(detail::ollama_new_vectors, body, target);
}
LLMX_DECL result<embedding_request> ollama_embed::decode_request(std::string_view body, const request_target& target) {
    return detail::ollama_decode_vectors(detail::ollama_new_vectors, body, target);
}
LLMX_DECL result<void> ollama_embed::encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                    drop_report& drops) {
    return detail::ollama_encode_vectors(detail::ollama_new_vectors, request, options, out, drops);
}
LLMX_DECL std::string ollama_embed::caller_path(const request_place& at, const embedding_request& request) {
    return detail::ollama_vectors_path(at, request, detail::ollama_embed_tables);
}
LLMX_DECL result<embedding_reply> ollama_embed::decode_reply(std::string_view body) {
    return detail::ollama_decode_vectors_reply(detail::ollama_new_vectors, body);
}
LLMX_DECL void ollama_embed::encode_reply(const embedding_reply& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object().member("model", reply.model.empty() ? options.model : std::string_view(reply.model)).key("embeddings").array();
    for (const embedding_vector& v : reply.vectors) {
        w.raw(std::string_view());
        detail::append_float_array(out, v.values);
    }
    w.end_array().member("prompt_eval_count", reply.usage.input_tokens).extra(reply.extra, name).end_object();
}
LLMX_DECL bool ollama_embed::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "embeddings", [body](std::size_t value) {
        const std::size_t next = body.find_first_not_of(" \t\r\n", value + 1);
        return body[value] == '[' && next != std::string_view::npos && body[next] == '[';
    });
}

LLMX_DECL result<request_head> ollama_embeddings::scan_request(std::string_view body, const request_target& target) {
    return detail::ollama_scan_vectors(detail::ollama_old_vectors, body, target);
}
LLMX_DECL result<embedding_request> ollama_embeddings::decode_request(std::string_view body, const request_target& target) {
    return detail::ollama_decode_vectors(detail::ollama_old_vectors, body, target);
}
LLMX_DECL result<void> ollama_embeddings::encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                         drop_report& drops) {
    return detail::ollama_encode_vectors(detail::ollama_old_vectors, request, options, out, drops);
}
LLMX_DECL std::string ollama_embeddings::caller_path(const request_place& at, const embedding_request& request) {
    return detail::ollama_vectors_path(at, request, detail::ollama_embeddings_tables);
}
LLMX_DECL result<embedding_reply> ollama_embeddings::decode_reply(std::string_view body) {
    return detail::ollama_decode_vectors_reply(detail::ollama_old_vectors, body);
}
LLMX_DECL void ollama_embeddings::encode_reply(const embedding_reply& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object().key("embedding").raw(std::string_view());
    detail::append_float_array(out, reply.vectors.empty() ? std::vector<float>() : reply.vectors.front().values);
    w.extra(reply.extra, name).end_object();
}
LLMX_DECL bool ollama_embeddings::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "embedding", [body](std::size_t value) { return body[value] == '['; });
}

} // namespace llmx::inline LLMX_ABI
