// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "codec_stream.hpp"
#include "json.hpp"

#include <llmx/core/tool_names.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/providers/classify.hpp>

#include <string>
#include <string_view>
#include <type_traits>

/// One dialect's decoders, and all encoders behind them: what a gateway does with a body or a
/// stream in the language \p Source, for a caller and a provider of each language.
///
/// Steering: byte 0 how the request came, byte 1 what is known of the model, byte 2 how the
/// answer is to be written, byte 3 the HTTP status of an error; all of them cut streams.
namespace fuzz {

template <class Visit> void each_dialect(Visit visit) {
    visit.template operator()<llmx::openai_chat>();
    visit.template operator()<llmx::openai_responses>();
    visit.template operator()<llmx::anthropic_messages>();
    visit.template operator()<llmx::gemini_generate>();
    visit.template operator()<llmx::bedrock_converse>();
    visit.template operator()<llmx::cohere_chat>();
    visit.template operator()<llmx::ollama_chat>();
}

/// An encoder nests a little deeper than what it was given, and so may pass the scan's limit.
[[nodiscard]] inline bool nested_too_deeply(const llmx::error& e) {
    return e.message().find("too deep") != std::string::npos;
}

template <class Dialect> [[nodiscard]] llmx::request_target path_of(bool model_in_path, bool stream) {
    llmx::request_target target;
    constexpr bool always = std::is_same_v<Dialect, llmx::gemini_generate> || std::is_same_v<Dialect, llmx::bedrock_converse>;
    if (always || model_in_path) target.model = "path-model";
    target.stream = always && stream;
    return target;
}

inline llmx::encode_options encoding_of(const input& in) {
    llmx::encode_options options;
    const unsigned how = in.choice(0), model = in.choice(1);
    options.model = "upstream-model";
    options.include_usage = (how & 4) != 0;
    if ((how & 8) != 0) options.stream = (how & 16) != 0;
    if ((model & 1) != 0) options.traits.reasoning = llmx::model_traits::reasoning_style::effort;
    options.traits.native_json_schema = (model & 2) != 0;
    options.traits.max_completion_tokens = (model & 4) != 0;
    if ((model & 8) != 0) options.traits.default_max_tokens = 1;
    return options;
}

/// \p request in the language \p Target, under names of functions that it takes.
template <class Source, class Target>
void check_request_written(const input& in, const llmx::chat_request& request) {
    const llmx::encode_options options = encoding_of(in);
    llmx::chat_request said = request;
    if (!llmx::tool_names::fit(said, Target::tool_names)) {
        llmx::tool_names names;
        names.make_fit(said, Target::tool_names);
        require(llmx::tool_names::fit(said, Target::tool_names), "names that were made to fit do");
        for (std::size_t i = 0; i < said.tools.size(); ++i) {
            llmx::chat_event call;
            call.what = llmx::chat_event::kind::tool_call;
            call.name = said.tools[i].name;
            names.restore(call);
            require_equal(call.name, request.tools[i].name, "a function gets its name back");
        }
    }
    llmx::drop_report drops;
    std::string body;
    const auto encoded = Target::encode_request(said, options, body, drops);
    for (const auto& entry : drops.entries()) {
        const std::string path = Source::caller_path(entry.at, request);
        require(llmx::valid_utf8(path), "a caller's path is UTF-8", path);
    }
    if (!encoded) return require_sentence(encoded.error());
    (void)require_object(body, "a request that is written");

    const bool stream = options.stream.value_or(request.stream);
    const llmx::request_target target = path_of<Target>(false, stream);
    const auto head = Target::scan_request(body, target);
    if (!head) return require(nested_too_deeply(head.error()), "a request that is written is accepted", body);
    require(head->model.empty() || head->model == (target.model.empty() ? options.model : target.model),
            "a request that is written names the upstream's model", body);
    require((head->stream || target.stream) == stream, "a request that is written streams as asked", body);
    // Texts that the caller made up (a media type "x") may be refused here as they would be there.
    const auto again = Target::decode_request(body, target);
    if (!again) require_sentence(again.error());
}

template <class Source> void check_request(const input& in, std::string_view text) {
    const llmx::request_target target = path_of<Source>((in.choice(0) & 1) != 0, (in.choice(0) & 2) != 0);
    (void)Source::has_foreign_signature(text);
    const auto head = Source::scan_request(text, target);
    const auto request = Source::decode_request(text, target);
    if (!head) require_sentence(head.error());
    if (!request) require_sentence(request.error());
    if (!head || !request) return;
    std::string model(head->model);
    if (model.empty() && head->model_end > head->model_begin)
        model = llmx::unescape_json_string(text.substr(head->model_begin, head->model_end - head->model_begin));
    if (model.empty() || !target.model.empty()) model = target.model;
    require_equal(model, request->model, "the model that is routed is the model that is read");
    require((head->stream || target.stream) == request->stream, "the scan and the decoder see the same stream", text);
    each_dialect([&]<class Target>() { check_request_written<Source, Target>(in, *request); });
}

inline void check_usage(const llmx::usage& u) {
    for (const std::int64_t n : {u.input_tokens, u.output_tokens, u.cached_tokens, u.cache_write_tokens, u.reasoning_tokens,
                                 u.input_audio_tokens, u.output_audio_tokens})
        require(n >= 0 && n <= (std::int64_t{1} << 56), "counts of tokens are within their bounds", std::to_string(n));
}

inline llmx::reply_options answering_of(const input& in) {
    llmx::reply_options options;
    options.id = "request-1";
    options.created = 1700000000;
    options.model = "routed-model";
    options.include_usage = (in.choice(2) & 1) != 0;
    return options;
}

template <class Source> void check_reply(const input& in, std::string_view text) {
    check_usage(Source::scan_usage(text));
    auto reply = Source::decode_reply(text);
    if (!reply) return require_sentence(reply.error());
    check_usage(reply->usage);
    // A façade answers with an error when the provider reports that a choice broke off.
    for (const llmx::chat_choice& choice : reply->choices)
        if (choice.finish == llmx::finish_reason::failed) return;
    each_dialect([&]<class Target>() {
        std::string out;
        Target::encode_reply(*reply, answering_of(in), out);
        (void)require_object(out, "a reply that is written");
        const auto again = Target::decode_reply(out);
        if (!again) require(nested_too_deeply(again.error()), "a reply that is written can be read", again.error().message() + "\n" + out);
    });
}

template <class Source> void check_error(const input& in, std::string_view text) {
    static constexpr int statuses[] = {400, 200, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 529, 999};
    const llmx::http_field fields[] = {{"x-request-id", "req-1"}, {"retry-after", text.substr(0, 40)}};
    const llmx::error_body said = Source::decode_error(text);
    const llmx::error e = llmx::classify_http("provider", statuses[in.choice(3) % std::size(statuses)], fields, said);
    require_sentence(e);
    if (e.retry_after()) require(e.retry_after()->count() >= 0, "a wait is not negative");
    each_dialect([&]<class Target>() {
        std::string out;
        Target::encode_error(e, out);
        (void)require_object(out, "an error that is written");
        check_broken_stream<Target>(answering_of(in), e);
    });
}

template <class Source> void check_codec(const input& in) {
    const exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    check_error<Source>(in, text);
    // Streams of lines begin as bodies do.
    bool is_stream = first == std::string_view::npos || text[first] != '{';
    if constexpr (requires { requires Source::stream_content_type == std::string_view("application/x-ndjson"); })
        is_stream = is_stream || text.find('\n', first) != std::string_view::npos;
    if (!is_stream) {
        check_request<Source>(in, text);
        check_reply<Source>(in, text);
        return;
    }
    const told_stream whole = decode_stream<Source>(in, cut::nowhere);
    for (const cut how : all_cuts) {
        require_equal(whole.account, decode_stream<Source>(in, how).account, "a stream's events do not depend on where it is cut");
        require_equal(watch_stream<Source>(in, cut::nowhere), watch_stream<Source>(in, how),
                      "what a stream's watch sees does not depend on where it is cut");
    }
    each_dialect([&]<class Target>() {
        llmx::reply_options options = answering_of(in);
        check_stream_written<Target>(options, whole);
        options.json_array = true;
        if constexpr (std::is_same_v<Target, llmx::gemini_generate>) check_stream_written<Target>(options, whole);
    });
}

} // namespace fuzz
