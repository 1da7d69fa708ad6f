// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/impl/responses_reply.ipp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// More items, or parts of one, than any answer has: an attack.
inline constexpr std::size_t responses_max_items = 8192;

} // namespace detail

/// One event's pass.
struct openai_responses::stream_decoder::reader {
    stream_decoder& d;
    event_batch& out;

    chat_event& add(chat_event::kind k, std::uint32_t part) {
        chat_event& e = out.add(k);
        e.part = part;
        return e;
    }

    /// The item that \p event is about; null when there are too many.
    [[nodiscard]] item_state* item_of(const json_cursor& event) {
        const std::int64_t index = event["output_index"].int_or();
        if (d.items_.size() >= detail::responses_max_items && !d.items_.contains(index)) return nullptr;
        return &d.items_[index];
    }
    [[nodiscard]] std::uint32_t part_of(item_state& i, std::int64_t position) {
        const auto at = i.parts.find(position);
        if (at != i.parts.end()) return at->second;
        i.begins[position] = d.characters_;
        return i.parts[position] = d.parts_++;
    }

    LLMX_DECL void text(item_state& i, std::int64_t position, std::string_view piece, bool refusal) {
        if (piece.empty() || i.parts.size() >= detail::responses_max_items) return;
        const std::uint32_t part = part_of(i, position);
        add(refusal ? chat_event::kind::refusal : chat_event::kind::text, part).text = out.keep(piece);
        if (refusal) return;
        d.characters_ += detail::openai_chat_length(piece);
        d.last_part_ = part;
    }

    LLMX_DECL void thought(item_state& i, const json_cursor& event, bool summary) {
        const std::string_view piece = event["delta"].string_or();
        if (piece.empty() || (summary ? i.by_content : i.by_summary)) return; // one of the two is enough
        (summary ? i.by_summary : i.by_content) = true;
        const std::uint32_t part = part_of(i, 0);
        const std::int64_t index = event["summary_index"].int_or();
        if (summary && index != i.summary) add(chat_event::kind::thinking, part).text = "\n\n";
        i.summary = index;
        add(chat_event::kind::thinking, part).text = out.keep(piece);
    }

    LLMX_DECL void begin_call(item_state& i, const json_cursor& item) {
        if (i.begun) return;
        i.begun = d.called_ = true;
        i.custom = item["type"].string_or() == "custom_tool_call";
        chat_event& e = add(chat_event::kind::tool_call, part_of(i, 0));
        e.id = out.keep(item["call_id"].string_or(item["id"].string_or()));
        e.name = out.keep(detail::responses_joined(item["namespace"].string_or(), item["name"].string_or()));
        e.text = out.keep(d.next_signature_);
        d.next_signature_.clear();
        d.last_part_ = e.part;
    }

    LLMX_DECL void arguments(item_state& i, std::string_view piece) {
        if (!i.begun || i.ended || piece.empty()) return;
        d.scratch_.clear();
        if (i.custom) {
            // The text of the custom tool's only argument.
            if (!i.has_arguments) d.scratch_ += "{\"input\":\"";
            std::string quoted;
            append_json_string(quoted, piece);
            d.scratch_.append(quoted, 1, quoted.size() - 2);
            piece = d.scratch_;
        }
        i.has_arguments = true;
        add(chat_event::kind::tool_arguments, part_of(i, 0)).text = out.keep(piece);
    }

    LLMX_DECL void end_call(item_state& i, const json_cursor& item) {
        begin_call(i, item);
        if (i.ended) return;
        if (!i.has_arguments) arguments(i, i.custom ? item["input"].string_or() : item["arguments"].string_or());
        if (i.custom) add(chat_event::kind::tool_arguments, part_of(i, 0)).text = i.has_arguments ? "\"}" : "{\"input\":\"\"}";
        i.ended = true;
    }

    LLMX_DECL void citation(item_state& i, const json_cursor& event) {
        const json_cursor from = event["annotation"];
        if (from.object() == nullptr) return;
        const std::int64_t position = event["content_index"].int_or();
        const std::uint32_t part = part_of(i, position);
        chat_event& e = add(chat_event::kind::citation, part);
        d.scratch_.clear();
        if (from["type"].string_or() != "url_citation") {
            e.text = out.keep(from.text());
            e.name = openai_responses::name;
            return;
        }
        const std::int64_t begin = from["start_index"].count_or(-1), end = from["end_index"].count_or(-1), at = i.begins[position];
        json_writer w(d.scratch_);
        w.object().member("url", from["url"].string_or()).member("title", from["title"].string_or());
        if (begin >= 0 && end >= begin) w.member("start_index", at + begin).member("end_index", at + end);
        w.end_object();
        e.text = out.keep(d.scratch_);
    }

    LLMX_DECL void end_reasoning(item_state& i, const json_cursor& item) {
        const detail::responses_proof proof = detail::responses_read_proof(item["encrypted_content"].string_or());
        if (proof.next) {
            d.next_signature_ = proof.signature;
            return;
        }
        if (proof.redacted) {
            add(chat_event::kind::redacted_thinking, part_of(i, 0)).text = out.keep(proof.signature);
            return;
        }
        if (i.parts.empty() && !proof.last) {
            if (const std::string all = detail::responses_thoughts(item); !all.empty())
                add(chat_event::kind::thinking, part_of(i, 0)).text = out.keep(all);
        }
        if (proof.signature.empty() || (proof.last && d.last_part_ < 0)) return;
        chat_event& e = add(chat_event::kind::thinking_signature, proof.last ? static_cast<std::uint32_t>(d.last_part_) : part_of(i, 0));
        e.text = out.keep(proof.signature);
        e.name = out.keep(proof.signer);
    }

    /// A message of which no pieces came, from a server that does not stream; and the probabilities of one.
    LLMX_DECL void end_message(item_state& i, const json_cursor& item) {
        const json_cursor content = item["content"];
        const bool whole = i.parts.empty();
        content.each_object_or_skip([&](const json_cursor& one, std::size_t position) {
            const json_cursor logprobs = one["logprobs"];
            const auto at = static_cast<std::int64_t>(position);
            if (whole) {
                const bool refusal = one["type"].string_or() == "refusal";
                text(i, at, one[refusal ? std::string_view("refusal") : std::string_view("text")].string_or(), refusal);
            }
            if (logprobs.array() == nullptr || logprobs.array()->empty()) return;
            chat_event& e = add(chat_event::kind::logprobs, part_of(i, at));
            e.text = out.keep(std::string("{\"content\":").append(logprobs.text()).append(",\"refusal\":null}"));
        });
    }

    LLMX_DECL void end_item(item_state& i, const json_cursor& item) {
        const std::string_view type = item["type"].string_or();
        if (type == "function_call" || type == "custom_tool_call") return end_call(i, item);
        if (type == "reasoning") return end_reasoning(i, item);
        if (type == "message") return end_message(i, item);
        if (type.empty()) return;
        chat_event& e = add(chat_event::kind::opaque, part_of(i, 0));
        if (type == "web_search_call") ++d.searches_;
        if (const std::string_view data = item["result"].string_or(); type == "image_generation_call" && !data.empty()) {
            d.scratch_.clear();
            const std::string_view format = item["output_format"].string_or("png");
            json_writer w(d.scratch_);
            detail::openai_chat_write_image(w, image_part(media::from_base64(std::string("image/").append(format), std::string(data))));
            e.text = out.keep(d.scratch_);
            e.name = openai_chat::name;
            return;
        }
        e.text = out.keep(item.text());
        e.name = openai_responses::name;
    }

    LLMX_DECL void start(const json_cursor& response) {
        if (d.started_) return;
        d.started_ = true;
        chat_event& e = out.add(chat_event::kind::start);
        e.id = out.keep(response["id"].string_or());
        e.name = out.keep(response["model"].string_or());
        e.created = response["created_at"].count_or();
    }

    LLMX_DECL void end(const json_cursor& response) {
        const json_cursor tokens = response["usage"];
        if (tokens.object() != nullptr) {
            usage& used = out.add(chat_event::kind::usage).tokens;
            used = detail::responses_read_usage(tokens);
            used.web_searches = d.searches_;
            used.tier = detail::read_enum(detail::openai_chat_tiers, response["service_tier"].string_or());
        }
        add(chat_event::kind::finish, d.parts_).reason = detail::responses_finish(response, d.called_);
        d.done_ = true;
    }
};

LLMX_DECL result<void> openai_responses::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_) return success();
    std::string_view data = event.data;
    while (data.starts_with(' ')) data.remove_prefix(1);
    if (data.empty() || data == "[DONE]") return success();
    json_document document(data);
    if (const auto read = document.status(); !read) return error(errc::bad_response, "an event of the stream is " + read.error().message());
    const json_cursor root = document.root(), response = root["response"], item = root["item"], failure = root["error"];
    const std::string_view type = root["type"].string_or(event.event);
    // Some servers have the error inside of an object of its own.
    if (type == "error") return failure.object() != nullptr ? detail::openai_chat_failure(failure) : detail::openai_chat_failure(root);
    if (type.empty() && failure) return detail::openai_chat_failure(failure);
    reader r{*this, out};
    if (type == "response.failed") {
        const json_cursor why = response["error"];
        return why ? detail::openai_chat_failure(why) : error(errc::provider_internal, "the provider reports that the response failed");
    }
    if (response.object() != nullptr) r.start(response);
    if (type == "response.completed" || type == "response.incomplete" || type == "response.cancelled") {
        r.end(response);
        return success();
    }
    if (!type.starts_with("response.output") && !type.starts_with("response.re") && !type.starts_with("response.function_call") &&
        !type.starts_with("response.custom_tool"))
        return success();
    item_state* const i = r.item_of(root);
    if (i == nullptr) return error(errc::bad_response, "the answer has too many items");
    const std::string_view piece = root["delta"].string_or();
    if (type == "response.output_text.delta") r.text(*i, root["content_index"].int_or(), piece, false);
    else if (type == "response.refusal.delta") r.text(*i, root["content_index"].int_or(), piece, true);
    else if (type == "response.reasoning_summary_text.delta") r.thought(*i, root, true);
    else if (type == "response.reasoning_text.delta") r.thought(*i, root, false);
    else if (type == "response.function_call_arguments.delta" || type == "response.custom_tool_call_input.delta") r.arguments(*i, piece);
    else if (type == "response.output_text.annotation.added") r.citation(*i, root);
    else if (type == "response.output_item.done") r.end_item(*i, item);
    else if (type == "response.output_item.added" &&
             (item["type"].string_or() == "function_call" || item["type"].string_or() == "custom_tool_call"))
        r.begin_call(*i, item);
    return success();
}

LLMX_DECL result<void> openai_responses::stream_decoder::finish(event_batch& out) {
    auto last = parser_.deliver_incomplete([this, &out](const sse_event& e) { return take(e, out); });
    // The unfinished event at the end of the stream is dropped; a whole one can still be an error.
    if (last.has_error() && last.error().value() != errc::bad_response) return last;
    if (done_) return success();
    return error(errc::truncated, "the stream ended before the answer did");
}

} // namespace llmx::inline LLMX_ABI
