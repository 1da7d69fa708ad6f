// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/dialects/bedrock/impl/converse_error.ipp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The code for an exception or an error of the stream (API_runtime_ConverseStreamOutput).
LLMX_DECL [[nodiscard]] error bedrock_stream_failure(const aws_event& event) {
    error_body body = bedrock_converse::decode_error(event.payload);
    std::string_view type = event.exception_type;
    if (type.empty()) type = event.error_code;
    if (body.message.empty()) body.message = event.error_message;
    error e(bedrock_errc(type, body.message).value_or(errc::provider_internal));
    if (!type.empty()) e.with_provider_code(std::string(type));
    if (!body.message.empty()) e.with_provider_message(std::move(body.message));
    return e;
}

/// A citation in the words of no language, as events have it; empty when it names no source.
LLMX_DECL [[nodiscard]] std::string bedrock_neutral_citation(const json_cursor& in) {
    citation c;
    bedrock_read_source_of(in, c);
    std::string json;
    if (c.url.empty() && c.title.empty() && c.quote.empty()) return json;
    json_writer w(json);
    w.object().member("url", c.url).member("title", c.title).member("cited_text", c.quote).end_object();
    return json;
}

} // namespace detail

LLMX_DECL result<void> bedrock_converse::stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (failure_) return *failure_;
    result<void> fed = events_.feed(bytes, [&](const aws_event& e) { return take(e, out); });
    if (!fed) failure_ = fed.error();
    return fed;
}

LLMX_DECL result<void> bedrock_converse::stream_decoder::finish(event_batch&) {
    if (failure_) return *failure_;
    if (const result<void> ended = events_.finish(); !ended) failure_ = ended.error();
    else if (!stopped_) failure_ = llmx::error(errc::truncated, "the stream ended before messageStop");
    return failure_ ? result<void>(*failure_) : success();
}

LLMX_DECL result<void> bedrock_converse::stream_decoder::take(const aws_event& event, event_batch& out) {
    if (event.message_type == "exception" || event.message_type == "error") return detail::bedrock_stream_failure(event);
    const std::string_view type = event.event_type;
    const bool known = type == "messageStart" || type == "contentBlockStart" || type == "contentBlockDelta" ||
                       type == "contentBlockStop" || type == "messageStop" || type == "metadata";
    if (!known) return success();
    if (!arena_) arena_ = std::make_unique<unsigned char[]>(arena_size);
    json_document document(event.payload, json_naming::exact, arena_.get(), arena_size);
    if (!document.good()) return llmx::error(errc::bad_response, "an event of the stream is not a JSON object");
    const json_cursor in = document.root();
    const std::int64_t index = in["contentBlockIndex"].int_or();
    begin(out);
    if (type == "contentBlockDelta") {
        const json_cursor delta = in["delta"];
        return delta.object() != nullptr ? add_delta(block_at(index), delta, out) : success();
    }
    if (type == "contentBlockStart") {
        end_block(index, out);
        open_block& block = block_at(index);
        if (const json_cursor start = in["start"]; start.object() != nullptr) begin_block(block, start, out);
    } else if (type == "contentBlockStop") {
        end_block(index, out);
    } else if (type == "messageStop") {
        end_message(in, out);
    } else if (type == "metadata") {
        if (const json_cursor tokens = in["usage"]; tokens.object() != nullptr) {
            detail::bedrock_read_counts(*tokens.object(), counts_);
            const json_cursor tier = in["serviceTier"];
            counts_.tier = detail::read_enum(detail::bedrock_tiers, tier["type"].string_or());
            out.add(chat_event::kind::usage).tokens = counts_.totals();
        }
    }
    return success();
}

LLMX_DECL chat_event& bedrock_converse::stream_decoder::add(chat_event::kind kind, std::uint32_t part, std::string_view text,
                                                            event_batch& out) {
    const std::string_view kept = out.keep(text);
    chat_event& e = out.add(kind);
    e.part = part;
    e.text = kept;
    return e;
}

LLMX_DECL void bedrock_converse::stream_decoder::begin(event_batch& out) {
    if (!std::exchange(started_, true)) out.add(chat_event::kind::start);
}

LLMX_DECL bedrock_converse::stream_decoder::open_block& bedrock_converse::stream_decoder::block_at(std::int64_t index) {
    // Blocks of text and of thoughts begin with their first delta.
    const auto [at, fresh] = open_.try_emplace(index);
    if (fresh) at->second.part = next_part_++;
    return at->second;
}

LLMX_DECL void bedrock_converse::stream_decoder::begin_block(open_block& block, const json_cursor& start, event_batch& out) {
    const json_cursor use = start["toolUse"], answer = start["toolResult"], image = start["image"];
    if (use.object() != nullptr) {
        if (detail::bedrock_runs_itself(use)) begin_opaque(block, "toolUse", use);
        else begin_tool(block, use, out);
    } else if (answer.object() != nullptr) {
        begin_opaque(block, "toolResult", answer);
    } else if (image.object() != nullptr) {
        begin_opaque(block, "image", image);
    }
}

LLMX_DECL void bedrock_converse::stream_decoder::begin_tool(open_block& block, const json_cursor& use, event_batch& out) {
    if (use["name"].string_or() == json_tool_name) {
        block.kind = prose_.was_answered() ? block_kind::ignored : block_kind::json_answer;
        prose_.answered();
        return;
    }
    block.kind = block_kind::tool;
    called_tool_ = true;
    const std::string_view id = out.keep(use["toolUseId"].string_or());
    const std::string_view function = out.keep(use["name"].string_or());
    chat_event& e = add(chat_event::kind::tool_call, block.part, std::string_view(), out);
    e.id = id;
    e.name = function;
}

LLMX_DECL void bedrock_converse::stream_decoder::begin_opaque(open_block& block, std::string_view member, const json_cursor& start) {
    block.kind = block_kind::opaque;
    block.name = member;
    block.began = start.text();
}

LLMX_DECL void bedrock_converse::stream_decoder::add_input(open_block& block, std::string_view input, event_batch& out) {
    if (input.empty()) return;
    if (block.kind == block_kind::tool) {
        add(chat_event::kind::tool_arguments, block.part, input, out);
    } else if (block.kind == block_kind::json_answer) {
        answer_said_ = true;
        add(chat_event::kind::text, block.part, input, out);
    } else if (block.kind == block_kind::opaque) {
        block.streamed += input;
    }
}

LLMX_DECL result<void> bedrock_converse::stream_decoder::add_thought(open_block& block, const json_cursor& thought,
                                                                     event_batch& out) {
    using kind = chat_event::kind;
    block.kind = block_kind::thinking;
    if (const std::string_view text = thought["text"].string_or(); !text.empty()) add(kind::thinking, block.part, text, out);
    if (const std::string_view proof = thought["signature"].string_or(); !proof.empty())
        add(kind::thinking_signature, block.part, proof, out).name = name;
    if (const std::string_view data = thought["redactedContent"].string_or(); !data.empty()) {
        const result<std::string> bytes = base64_decode(data);
        if (!bytes) return llmx::error(errc::bad_response, "the encrypted thinking of the stream is not base64");
        block.redacted += *bytes;
    }
    return success();
}

LLMX_DECL result<void> bedrock_converse::stream_decoder::add_delta(open_block& block, const json_cursor& delta,
                                                                   event_batch& out) {
    const json_cursor text = delta["text"], use = delta["toolUse"], thought = delta["reasoningContent"], cited = delta["citation"],
                      results = delta["toolResult"], image = delta["image"];
    if (text.is_string()) {
        prose_.add(chat_event::kind::text, block.part, text.string_or(), std::string_view(), out);
    } else if (use.object() != nullptr) {
        add_input(block, use["input"].string_or(), out);
    } else if (thought.object() != nullptr) {
        return add_thought(block, thought, out);
    } else if (cited.object() != nullptr) {
        prose_.add(chat_event::kind::citation, block.part, detail::bedrock_neutral_citation(cited), std::string_view(), out);
    } else if (results.array() != nullptr) {
        for (const auto& one : *results.array()) block.streamed.append(block.streamed.empty() ? "" : ",").append(json_text(one));
    } else if (const json_cursor source = image["source"]; source.object() != nullptr) {
        block.streamed = source.text();
    }
    return success();
}

LLMX_DECL void bedrock_converse::stream_decoder::end_block(std::int64_t index, event_batch& out) {
    const auto at = open_.find(index);
    if (at == open_.end()) return;
    const open_block& b = at->second;
    if (b.kind == block_kind::opaque) {
        std::string whole = R"({")" + b.name + R"(":)" + b.began.substr(0, b.began.size() - 1);
        if (b.began != "{}") whole += ',';
        if (b.name == "toolUse") whole += R"("input":)" + (parse_json(b.streamed) ? b.streamed : std::string("{}"));
        else if (b.name == "toolResult") whole += R"("content":[)" + b.streamed + ']';
        else whole += R"("source":)" + (b.streamed.empty() ? std::string("{}") : b.streamed);
        add(chat_event::kind::opaque, b.part, whole + "}}", out).name = name;
    }
    if (!b.redacted.empty()) add(chat_event::kind::redacted_thinking, b.part, base64_encode(b.redacted), out).name = name;
    // A call without arguments is streamed as nothing.
    if (b.kind == block_kind::json_answer && !answer_said_) add(chat_event::kind::text, b.part, "{}", out);
    open_.erase(at);
}

LLMX_DECL void bedrock_converse::stream_decoder::end_message(const json_cursor& event, event_batch& out) {
    while (!open_.empty()) end_block(open_.begin()->first, out);
    if (std::exchange(stopped_, true)) return;
    finish_reason reason = detail::bedrock_finish(event["stopReason"].string_or());
    if (reason == finish_reason::none) reason = finish_reason::stop;
    if (reason == finish_reason::tool_calls && prose_.was_answered() && !called_tool_) reason = finish_reason::stop;
    prose_.release(out);
    const bool failed = reason == finish_reason::failed;
    add(chat_event::kind::finish, 0, failed ? event["stopReason"].string_or() : detail::bedrock_stop_sequence(event), out).reason = reason;
}

} // namespace llmx::inline LLMX_ABI
