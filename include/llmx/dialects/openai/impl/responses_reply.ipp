// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// One item of a reply.
LLMX_DECL void responses_write_reasoning(std::string_view id, const thinking_part& t, std::string& out) {
    json_writer w(out);
    w.object().member("id", id).member("type", "reasoning").key("summary").array();
    if (!t.text.empty()) w.object().member("type", "summary_text").member("text", t.text).end_object();
    w.end_array();
    const std::string proof = responses_write_proof(t);
    if (!proof.empty()) w.member("encrypted_content", proof);
    w.end_object();
}

LLMX_DECL void responses_write_call(std::string_view id, std::string_view call_id, std::string_view name, std::string_view arguments, bool custom,
                                    std::string& out) {
    const responses_function f = responses_split(name);
    json_writer w(out);
    w.object().member("id", id).member("type", custom ? "custom_tool_call" : "function_call");
    if (!custom) w.member("status", "completed");
    w.member("call_id", call_id);
    if (!f.space.empty()) w.member("namespace", f.space);
    w.member("name", f.name);
    if (custom) w.member("input", custom_tool_input(arguments));
    else w.member("arguments", arguments.empty() ? std::string_view("{}") : arguments);
    w.end_object();
}

LLMX_DECL void responses_write_generated_image(std::string_view id, std::string_view base64, std::string& out) {
    json_writer(out).object().member("id", id).member("type", "image_generation_call").member("status", "completed").member("result", base64).end_object();
}

/// The probabilities of a choice, which other languages have as an object of lists, as the list of a text.
LLMX_DECL [[nodiscard]] std::string responses_logprobs(std::string_view json) {
    if (json.empty()) return "[]";
    json_document document(json);
    const json_cursor root = document.root(), content = root["content"];
    std::string list;
    json_writer w(list);
    w.array();
    content.each_object_or_skip([&w](const json_cursor& one, std::size_t) {
        const json_cursor top = one["top_logprobs"];
        const auto write = [&w](const json_cursor& of) {
            const json_cursor value = of["logprob"], octets = of["bytes"];
            w.member("token", of["token"].string_or()).key("logprob").raw(value ? value.text() : "0");
            w.key("bytes").raw(octets.array() != nullptr ? octets.text() : "[]");
        };
        w.object();
        write(one);
        w.key("top_logprobs").array();
        top.each_object_or_skip([&](const json_cursor& other, std::size_t) {
            w.object();
            write(other);
            w.end_object();
        });
        w.end_array().end_object();
    });
    w.end_array();
    return list;
}

/// Writes the items of a message.
class responses_output_writer {
public:
    responses_output_writer(const chat_choice& choice, std::string_view response, const reply_options& options, std::string& out)
        : choice_(choice), response_(response), custom_(custom_tool_names(options.request)), out_(out) {}

    LLMX_DECL void write() {
        for (const content_part& part : choice_.answer.content) write_part(part);
        close();
    }

private:
    std::string next(std::string_view prefix) { return responses_item_id(prefix, response_, items_); }
    void begin() {
        close();
        if (items_++ != 0) out_ += ',';
    }
    LLMX_DECL void open() {
        if (open_) {
            out_ += ',';
            return;
        }
        const std::string id = next("msg_");
        begin();
        open_ = true;
        json_writer w(out_);
        w.object().member("id", id).member("type", "message").member("status", status()).member("role", "assistant").key("content").array();
    }
    void close() {
        if (open_) out_ += "]}";
        open_ = false;
    }
    [[nodiscard]] std::string_view status() const noexcept {
        return responses_incomplete(choice_.finish).empty() ? std::string_view("completed") : std::string_view("incomplete");
    }

    LLMX_DECL void write_part(const content_part& part) {
        if (const auto* const text = std::get_if<text_part>(&part)) {
            write_text(*text);
            sign(responses_last, text->signature);
        } else if (const auto* const refusal = std::get_if<refusal_part>(&part)) {
            open();
            json_writer(out_).object().member("type", "refusal").member("refusal", refusal->text).end_object();
        } else if (const auto* const thought = std::get_if<thinking_part>(&part)) {
            if (const raw_json* const record = responses_find(thought->extra, responses_record); record != nullptr) {
                begin();
                out_ += record->text;
                return;
            }
            const std::string id = next("rs_");
            begin();
            responses_write_reasoning(id, *thought, out_);
        } else if (const auto* const call = std::get_if<tool_call_part>(&part)) {
            const bool custom = custom_.contains(call->name) || is_custom_tool(call->extra);
            sign(responses_next, call->signature);
            const std::string id = next(custom ? "ctc_" : "fc_");
            begin();
            responses_write_call(id, call->id, call->name, call->arguments, custom, out_);
        } else if (const auto* const image = std::get_if<image_part>(&part)) {
            if (image->source.data.empty()) return;
            const std::string id = next("ig_");
            begin();
            responses_write_generated_image(id, image->source.data, out_);
        } else if (const auto* const opaque = std::get_if<opaque_part>(&part)) {
            write_opaque(*opaque);
        }
    }

    LLMX_DECL void write_text(const text_part& text) {
        open();
        json_writer w(out_);
        const std::int64_t length = openai_chat_length(text.text);
        w.object().member("type", "output_text").member("text", text.text).key("annotations").array();
        for (const citation& c : text.citations) static_cast<void>(responses_write_annotation(w, c, length));
        w.end_array().raw_member("logprobs", has_logprobs_ ? "[]" : responses_logprobs(choice_.logprobs.text));
        has_logprobs_ = true;
        w.end_object();
    }

    /// A signature in an item of its own.
    LLMX_DECL void sign(std::string_view role, std::string_view signature) {
        if (signature.empty()) return;
        const std::string id = next("rs_");
        begin();
        json_writer(out_).object().member("id", id);
        out_.append(",").append(std::string_view(responses_signature_item(role, signature)).substr(1));
    }

    LLMX_DECL void write_opaque(const opaque_part& opaque) {
        if (opaque.origin == openai_responses::name) {
            begin();
            out_ += opaque.value.text;
            return;
        }
        // A custom call of the older API.
        if (opaque.origin != openai_chat::name) return;
        json_document document(opaque.value.text);
        const json_cursor root = document.root(), custom = root["custom"];
        if (root["type"].string_or() != "custom" || custom.object() == nullptr) return;
        const std::string id = next("ctc_");
        begin();
        responses_write_call(id, root["id"].string_or(), custom["name"].string_or(), custom_tool_arguments(custom["input"].string_or()), true, out_);
    }

    const chat_choice& choice_;
    std::string_view response_;
    std::set<std::string, std::less<>> custom_;
    std::string& out_;
    std::size_t items_ = 0;
    bool open_ = false, has_logprobs_ = false;
};

/// Reads the items of a reply, leniently.
class responses_output_reader {
public:
    explicit responses_output_reader(chat_choice& to) noexcept : to_(to) {}

    LLMX_DECL void read(const json_cursor& item) {
        const std::string_view type = item["type"].string_or();
        auto& content = to_.answer.content;
        if (type == "message") {
            read_message(item);
        } else if (type == "reasoning") {
            const responses_proof proof = responses_read_proof(item["encrypted_content"].string_or());
            thinking_part part(responses_thoughts(item));
            if (proof.last && part.text.empty() && sign_last(proof.signature)) return;
            if (proof.next && part.text.empty()) {
                next_signature_ = proof.signature;
                return;
            }
            responses_read_thinking(item, proof, part);
            content.emplace_back(std::move(part));
        } else if (type == "function_call" || type == "custom_tool_call") {
            const bool custom = type == "custom_tool_call";
            tool_call_part call;
            call.id = item["call_id"].string_or(item["id"].string_or());
            call.name = responses_joined(item["namespace"].string_or(), item["name"].string_or());
            if (custom) mark_custom_tool(call.extra, openai_responses::name);
            if (custom) call.arguments = custom_tool_arguments(item["input"].string_or());
            else call.arguments = item["arguments"].string_or();
            call.signature = std::move(next_signature_);
            next_signature_.clear();
            content.emplace_back(std::move(call));
        } else if (type == "image_generation_call" && !item["result"].string_or().empty()) {
            content.emplace_back(image_part(responses_made_image(item)));
        } else if (responses_is_record(type)) {
            if (type == "web_search_call") ++searches_;
            thinking_part part;
            part.extra.add(openai_responses::name, std::string(responses_record), item.text()).hint = true;
            content.emplace_back(std::move(part));
        } else if (!type.empty()) {
            content.emplace_back(opaque_part(openai_responses::name, item.text()));
        }
    }
    [[nodiscard]] std::int64_t searches() const noexcept { return searches_; }

private:
    LLMX_DECL void read_message(const json_cursor& item) {
        const json_cursor parts = item["content"];
        parts.each_object_or_skip([this](const json_cursor& one, std::size_t) {
            const std::string_view type = one["type"].string_or();
            if (type == "refusal") {
                to_.answer.content.emplace_back(refusal_part(std::string(one["refusal"].string_or())));
                return;
            }
            if (type != "output_text") {
                to_.answer.content.emplace_back(opaque_part(openai_responses::name, one.text()));
                return;
            }
            text_part text(std::string(one["text"].string_or()));
            const json_cursor annotations = one["annotations"], logprobs = one["logprobs"];
            responses_read_annotations(annotations, text.citations);
            if (logprobs.array() != nullptr && !logprobs.array()->empty() && to_.logprobs.empty())
                to_.logprobs = raw_json(std::string("{\"content\":").append(logprobs.text()).append(",\"refusal\":null}"));
            to_.answer.content.emplace_back(std::move(text));
        });
    }
    LLMX_DECL bool sign_last(std::string_view signature) {
        if (to_.answer.content.empty()) return false;
        content_part& last = to_.answer.content.back();
        if (auto* const text = std::get_if<text_part>(&last)) text->signature = signature;
        else if (auto* const call = std::get_if<tool_call_part>(&last)) call->signature = signature;
        else return false;
        return true;
    }

    chat_choice& to_;
    std::int64_t searches_ = 0;
    /// Of the next call.
    std::string next_signature_;
};

/// The reason of a reply that ended.
LLMX_DECL [[nodiscard]] finish_reason responses_finish(const json_cursor& response, bool has_calls) noexcept {
    const json_cursor details = response["incomplete_details"];
    const std::string_view reason = details["reason"].string_or(), status = response["status"].string_or();
    if (reason == "max_output_tokens") return finish_reason::length;
    if (reason == "content_filter") return finish_reason::content_filter;
    if (status == "incomplete") return finish_reason::length;
    if (status == "cancelled") return finish_reason::failed;
    return has_calls ? finish_reason::tool_calls : finish_reason::stop;
}

LLMX_DECL [[nodiscard]] bool responses_has_calls(const message& m) noexcept {
    return std::any_of(m.content.begin(), m.content.end(), [](const content_part& p) { return std::holds_alternative<tool_call_part>(p); });
}

} // namespace detail

LLMX_DECL result<chat_reply> openai_responses::decode_reply(std::string_view body) {
    json_document document(body);
    if (const auto read = document.status(); !read) return error(errc::bad_response, read.error().message());
    const json_cursor root = document.root(), output = root["output"], failure = root["error"], tokens = root["usage"];
    if (failure) return detail::openai_chat_failure(failure);
    if (root["status"].string_or() == "failed") return error(errc::provider_internal, "the provider reports that the response failed");
    if (output.array() == nullptr) return error(errc::bad_response, "the answer has no output");
    chat_reply to;
    to.id = root["id"].string_or();
    to.model = root["model"].string_or();
    to.created = root["created_at"].count_or();
    to.service_tier = detail::read_enum(detail::openai_chat_tiers, root["service_tier"].string_or());
    chat_choice& choice = to.choices.emplace_back();
    detail::responses_output_reader reader(choice);
    output.each_object_or_skip([&reader](const json_cursor& item, std::size_t) { reader.read(item); });
    choice.finish = detail::responses_finish(root, detail::responses_has_calls(choice.answer));
    if (tokens.object() != nullptr) to.usage = detail::responses_read_usage(tokens);
    to.usage.web_searches = reader.searches();
    to.usage.tier = to.service_tier;
    return to;
}

LLMX_DECL bool openai_responses::holds_answer(std::string_view body) noexcept {
    return detail::json_text_opens(body, "output", "[{") || detail::json_text_has_word(body, "status");
}

LLMX_DECL void openai_responses::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    static const chat_choice none;
    const chat_choice& choice = reply.choices.empty() ? none : reply.choices.front();
    const std::string_view given = reply.id.empty() ? options.id : std::string_view(reply.id);
    const std::string id = detail::responses_id(options.kept_as.empty() ? given : options.kept_as);
    std::string output;
    detail::responses_output_writer(choice, id, options, output).write();
    const std::string echo = detail::responses_echo(options.request, !options.kept_as.empty());
    detail::responses_state s;
    s.id = id;
    s.model = reply.model.empty() ? options.model : std::string_view(reply.model);
    s.created = reply.created != 0 ? reply.created : options.created;
    s.incomplete = detail::responses_incomplete(choice.finish);
    s.status = !s.incomplete.empty() ? "incomplete" : choice.finish == finish_reason::failed ? "failed" : "completed";
    const std::string_view broke = R"({"code":"server_error","message":"the provider reports that the generation broke off"})";
    if (choice.finish == finish_reason::failed) s.failure = broke;
    s.output = output;
    s.echo = echo;
    s.tokens = &reply.usage;
    detail::responses_write(s, &reply.extra, reply.service_tier ? detail::enum_name(detail::openai_chat_tiers, *reply.service_tier) : std::string_view(), out);
}

LLMX_DECL error_body openai_responses::decode_error(std::string_view body) { return openai_chat::decode_error(body); }

LLMX_DECL void openai_responses::encode_error(const error& failure, std::string& out) { openai_chat::encode_error(failure, out); }

} // namespace llmx::inline LLMX_ABI
