// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/wire/detail/has_words.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL result<void> sagemaker_text_frames::feed(std::string_view bytes, std::string& inner) {
    if (failure_) return *failure_;
    std::string text;
    const result<void> framed = frames_.feed(bytes, text);
    std::string_view left = text;
    for (std::size_t end = left.find('\n'); end != std::string_view::npos; end = left.find('\n')) {
        const std::string_view piece = left.substr(0, end);
        left.remove_prefix(end + 1);
        if (!line_.empty()) line_ += piece;
        const std::string whole = line_.empty() ? std::string(piece) : std::move(line_);
        line_.clear();
        if (const result<void> taken = take(whole, inner); !taken) return *(failure_ = taken.error());
    }
    if (line_.size() + left.size() > longest_line) return *(failure_ = error(errc::bad_response, "a line of the stream is longer than 16 MiB"));
    line_ += left;
    return framed;
}

LLMX_DECL result<void> sagemaker_text_frames::finish() {
    if (failure_) return *failure_;
    if (const result<void> ended = frames_.finish(); !ended) return ended;
    return line_.find_first_not_of(" \t\r\n") == std::string::npos ? result<void>(success())
                                                                    : result<void>(error(errc::truncated, "the stream ended within a line"));
}

LLMX_DECL result<void> sagemaker_text_frames::take(std::string_view line, std::string& inner) {
    if (line.starts_with("data:")) line.remove_prefix(5);
    const std::size_t first = line.find_first_not_of(" \t\r");
    // Blank lines and comments stand between the events.
    if (first == std::string_view::npos || line[first] != '{') return success();
    line.remove_prefix(first);
    const result<std::string> chunk = prompted_to_openai(line.substr(0, line.find_last_not_of(" \t\r") + 1), true);
    if (!chunk) return chunk.error();
    inner.append("data: ").append(*chunk).append("\n\n");
    return success();
}

inline constexpr auto sagemaker_embedding_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>(""), by_hand<&embedding_request::inputs>("inputs"), lost<&embedding_request::dimensions>(),
    by_hand<&embedding_request::encoding>(""), // the façade writes the reply in that form
    hint<&embedding_request::user>(), hint<&embedding_request::task_type>(), hint<&embedding_request::title>(),
    by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(sagemaker_embedding_fields));

inline constexpr auto sagemaker_embedding_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>("inputs"), by_hand<&embedding_input::tokens>(""), hint<&embedding_input::task_type>(),
    hint<&embedding_input::title>(), lost<&embedding_input::dimensions>(), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(sagemaker_embedding_input_fields));

LLMX_DECL [[nodiscard]] result<void> sagemaker_add_vector(std::string_view value, embedding_reply& to) {
    std::string_view numbers = value;
    if (value.starts_with('{'))
        static_cast<void>(scan_json_members(value, [&numbers](const json_member& m) {
            if (m.named("embedding")) numbers = m.value;
        }));
    embedding_vector& v = to.vectors.emplace_back();
    v.index = to.vectors.size() - 1;
    if (read_float_array(numbers, v.values)) return success();
    return error(errc::bad_response, "embedding " + std::to_string(v.index) + " is not a list of numbers; an endpoint that has "
                                                                                    "one for each token makes no embeddings of texts");
}

} // namespace detail

LLMX_DECL result<void> sagemaker_text::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                      drop_report& drops) {
    // Transformers' pipelines would repeat the prompt.
    static constexpr detail::prompted_form form = {.prompt = "inputs", .parameters = "parameters", .limit = "max_new_tokens",
                                                   .temperature = "temperature", .top_p = "top_p", .top_k = "top_k", .stop = "stop",
                                                   .seed = "seed", .always = R"({"return_full_text":false})", .names_stream = true};
    const detail::prompt_template by = detail::prompt_template_of(options.model.empty() ? std::string_view(request.model) : options.model);
    if (!request.temperature || *request.temperature > 0) return detail::prompted_encode(request, options, form, by, name, out, drops);
    const auto greedy = std::make_unique<chat_request>(request);
    greedy->temperature.reset();
    return detail::prompted_encode(*greedy, options, form, by, name, out, drops);
}

LLMX_DECL result<chat_reply> sagemaker_text::decode_reply(std::string_view body) {
    const result<std::string> reply = detail::prompted_to_openai(body, false);
    if (!reply) return reply.error();
    return openai_chat::decode_reply(*reply);
}

LLMX_DECL result<void> sagemaker_embeddings::encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                            drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(place, "expected at least one input");
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (request.inputs[i].is_tokens())
            return drops.refuse(place.item(i), "expected a text, since SageMaker's containers take no token ids", errc::unsupported_parameter);
    detail::report_fields(&request, detail::sagemaker_embedding_fields.view(), request_place(), drops);
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    detail::bedrock_invoke_extra own(request.extra, name);
    json_writer w(out);
    w.object().key(detail::has_words(model, "voyage") || detail::has_words(model, "openai") ? "input" : "inputs").array();
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        w.value(request.inputs[i].text);
        detail::report_fields(&request.inputs[i], detail::sagemaker_embedding_input_fields.view(), place.item(i), drops);
        drops.foreign(request.inputs[i].extra, std::string_view(), place.item(i));
    }
    w.end_array();
    for (const std::string_view member : {"normalize", "truncate", "parameters"}) own.write(w, member);
    own.write_rest(w);
    own.report(drops, name);
    w.end_object();
    return success();
}

LLMX_DECL result<embedding_reply> sagemaker_embeddings::decode_reply(std::string_view body) {
    embedding_reply r;
    std::string_view list = body;
    list.remove_prefix(std::min(list.find_first_not_of(" \t\r\n"), list.size()));
    if (list.starts_with('{')) {
        const std::string_view object = list;
        list = std::string_view();
        const result<void> scanned = scan_json_members(object, [&](const json_member& m) {
            if ((m.named("embedding") || m.named("embeddings") || m.named("vectors") || m.named("data")) && m.value.starts_with('[')) list = m.value;
        });
        if (!scanned) return error(errc::bad_response, scanned.error().message());
    }
    if (!list.starts_with('[')) return error(errc::bad_response, "the answer has no list of embeddings");
    // One vector alone, without a list around it.
    const std::size_t second = list.find_first_not_of(" \t\r\n", 1);
    result<void> read = success();
    if (second != std::string_view::npos && list[second] != '[' && list[second] != '{') read = detail::sagemaker_add_vector(list, r);
    else read = scan_json_elements(list, [&r](const json_member& e) { return detail::sagemaker_add_vector(e.value, r); });
    if (!read) return error(errc::bad_response, read.error().message());
    r.usage = scan_usage(body);
    return r;
}

LLMX_DECL usage sagemaker_embeddings::scan_usage(std::string_view body) {
    usage u;
    const result<void> scanned = scan_json_members(body, [&u](const json_member& m) {
        if (!m.named("usage") || !m.value.starts_with('{')) return;
        json_scanner inside(m.value);
        for (json_member n; inside.next(n);)
            if (n.named("prompt_tokens") || (n.named("total_tokens") && u.input_tokens == 0)) u.input_tokens = json_count(n.value).value_or(0);
    });
    return scanned ? u : usage();
}

LLMX_DECL bool sagemaker_embeddings::holds_answer(std::string_view body) noexcept {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return false;
    if (body[first] == '[') return true;
    for (const std::string_view member : {"embedding", "embeddings", "vectors"})
        if (detail::any_json_member(body, member, [body](std::size_t value) { return body[value] == '['; })) return true;
    return false;
}

} // namespace llmx::inline LLMX_ABI
