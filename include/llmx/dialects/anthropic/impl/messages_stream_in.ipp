// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

namespace llmx::inline v0 {

LLMX_DECL result<void> anthropic_messages::stream_decoder::feed(std::string_view bytes, event_batch& out) {
    if (failure_) return *failure_;
    auto fed = sse_.feed(bytes, [&](const sse_event& e) { return take(e, out); });
    if (fed.has_error()) failure_ = fed.error();
    return fed;
}

LLMX_DECL result<void> anthropic_messages::stream_decoder::finish(event_batch&) {
    if (failure_) return *failure_;
    if (!done_) failure_ = llmx::error(errc::truncated, "the stream ended before message_stop");
    return done_ ? success() : result<void>(*failure_);
}

LLMX_DECL result<void> anthropic_messages::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_ || event.data.empty() || event.data == "[DONE]") return success();
    if (!arena_) arena_ = std::make_unique<unsigned char[]>(arena_size);
    boost::json::monotonic_resource memory(arena_.get(), arena_size);
    const auto parsed = parse_json(event.data, &memory);
    if (parsed.has_error() || !parsed->is_object())
        return llmx::error(errc::bad_response, "an event of the stream is not a JSON object");
    const json_reader in(parsed->get_object());
    const auto type = in.string_or("type", event.event);
    if (type == "content_block_delta") {
        const auto* delta = in.object_or_null("delta");
        const open_block* block = find_block(in.int_or("index", -1));
        if (delta != nullptr && block != nullptr) add_delta(*block, *delta, out);
    } else if (type == "content_block_start") {
        const auto* block = in.object_or_null("content_block");
        if (block == nullptr) return success();
        begin(nullptr, out);
        begin_block(in.int_or("index", -1), *block, out);
    } else if (type == "content_block_stop") {
        end_block(in.int_or("index", -1), out);
    } else if (type == "message_start") {
        begin(in.object_or_null("message"), out);
    } else if (type == "message_delta") {
        begin(nullptr, out);
        end_message(in.object(), out);
    } else if (type == "message_stop") {
        begin(nullptr, out);
        release_text(out);
        done_ = true;
    } else if (type == "ping") {
        out.add(chat_event::kind::ping);
    } else if (type == "error" || in.find("error") != nullptr) {
        return detail::anthropic_failure(in.object());
    }
    return success();
}

LLMX_DECL chat_event& anthropic_messages::stream_decoder::add(chat_event::kind kind, std::uint32_t part,
                                                              std::string_view text, event_batch& out) {
    const std::string_view kept = out.keep(text);
    chat_event& e = out.add(kind);
    e.part = part;
    e.text = kept;
    return e;
}

LLMX_DECL void anthropic_messages::stream_decoder::add_prose(chat_event::kind kind, std::uint32_t part,
                                                             std::string_view text, event_batch& out) {
    if (text.empty() || answered_by_tool_) return;
    if (holds_text_) {
        if (!held_.empty() && held_.back().part == part && kind == chat_event::kind::text && held_.back().what == kind)
            held_.back().text += text;
        else held_.push_back(held_text{kind, part, std::string(text)});
        return;
    }
    chat_event& e = add(kind, part, text, out);
    if (kind == chat_event::kind::citation) e.name = anthropic_messages::name;
}

/// The answer did not come by the tool: what the model said is all there is.
LLMX_DECL void anthropic_messages::stream_decoder::release_text(event_batch& out) {
    holds_text_ = false;
    for (const auto& h : held_) add_prose(h.what, h.part, h.text, out);
    held_.clear();
}

LLMX_DECL void anthropic_messages::stream_decoder::add_signature(std::uint32_t part, std::string_view text,
                                                                 event_batch& out) {
    if (text.starts_with(call_signature_prefix)) {
        call_signature_ = text.substr(call_signature_prefix.size());
        return;
    }
    const detail::signed_by read = detail::read_signature(text, name);
    if (read.signature.empty()) return;
    const std::string_view signer = out.keep(read.signer);
    add(chat_event::kind::thinking_signature, part, read.signature, out).name = signer;
}

LLMX_DECL void anthropic_messages::stream_decoder::begin(const boost::json::object* message, event_batch& out) {
    if (started_) return;
    started_ = true;
    chat_event& e = out.add(chat_event::kind::start);
    if (message == nullptr) return;
    const json_reader in(*message);
    e.id = out.keep(in.string_or("id"));
    e.name = out.keep(in.string_or("model"));
    if (const auto* u = in.object_or_null("usage")) {
        detail::anthropic_read_counts(*u, counts_);
        out.add(chat_event::kind::usage).tokens = counts_.totals();
    }
}

LLMX_DECL anthropic_messages::stream_decoder::open_block*
anthropic_messages::stream_decoder::find_block(std::int64_t index) noexcept {
    const auto at = open_.find(index);
    return at == open_.end() ? nullptr : &at->second;
}

LLMX_DECL void anthropic_messages::stream_decoder::begin_block(std::int64_t index, const boost::json::object& block,
                                                               event_batch& out) {
    using kind = chat_event::kind;
    end_block(index, out);
    const json_reader in(block);
    open_block b;
    b.index = index;
    b.part = next_part_++;
    const auto type = in.string_or("type");
    if (type == "text") {
        add_prose(kind::text, b.part, in.string_or("text"), out);
    } else if (type == "thinking") {
        b.kind = block_kind::thinking;
        if (const auto text = in.string_or("thinking"); !text.empty()) add(kind::thinking, b.part, text, out);
        add_signature(b.part, in.string_or("signature"), out);
    } else if (type == "redacted_thinking") {
        b.kind = block_kind::thinking;
        add(kind::redacted_thinking, b.part, in.string_or("data"), out);
    } else if (type == "tool_use") {
        const bool answer = in.string_or("name") == json_tool_name;
        b.kind = !answer ? block_kind::tool : answered_by_tool_ ? block_kind::ignored : block_kind::json_answer;
        (answer ? answered_by_tool_ : called_tool_) = true;
        if (answer) held_.clear();
        if (!answer) {
            const auto id = out.keep(in.string_or("id"));
            const auto tool_name = out.keep(in.string_or("name"));
            chat_event& e = add(kind::tool_call, b.part, call_signature_, out);
            call_signature_.clear();
            e.id = id;
            e.name = tool_name;
        }
        // The API begins with {} and streams the input; some servers send it here at once.
        const auto* input = in.object_or_null("input");
        if (input != nullptr && !input->empty() && b.kind != block_kind::ignored) {
            answer_said_ = answer_said_ || answer;
            add(answer ? kind::text : kind::tool_arguments, b.part, detail::anthropic_json_text(*in.find("input")),
                out);
        }
    } else {
        b.kind = block_kind::opaque;
        json_writer w(b.json);
        w.object();
        for (const auto& m : block) {
            w.key(std::string_view(m.key()));
            detail::anthropic_write_json(w, m.value());
        }
        w.end_object();
    }
    open_.emplace(index, std::move(b));
}

LLMX_DECL void anthropic_messages::stream_decoder::add_delta(const open_block& block, const boost::json::object& delta,
                                                             event_batch& out) {
    using kind = chat_event::kind;
    const json_reader in(delta);
    const auto type = in.string_or("type");
    const auto add_text = [&](kind k, std::string_view member) {
        if (const auto text = in.string_or(member); !text.empty()) add(k, block.part, text, out);
    };
    if (type == "text_delta") {
        add_prose(kind::text, block.part, in.string_or("text"), out);
    } else if (type == "input_json_delta") {
        if (block.kind == block_kind::tool) {
            add_text(kind::tool_arguments, "partial_json");
        } else if (block.kind == block_kind::json_answer) {
            answer_said_ = answer_said_ || !in.string_or("partial_json").empty();
            add_text(kind::text, "partial_json");
        } else if (auto* own = find_block(block.index); own != nullptr && own->kind == block_kind::opaque) {
            own->input += in.string_or("partial_json");
        }
    } else if (type == "thinking_delta") {
        add_text(kind::thinking, "thinking");
    } else if (type == "signature_delta") {
        add_signature(block.part, in.string_or("signature"), out);
    } else if (type == "citations_delta") {
        const auto* citation = in.find("citation");
        if (citation == nullptr || !citation->is_object()) return;
        scratch_.clear();
        json_writer w(scratch_);
        detail::anthropic_write_json(w, *citation);
        add_prose(kind::citation, block.part, scratch_, out);
    }
}

LLMX_DECL void anthropic_messages::stream_decoder::end_block(std::int64_t index, event_batch& out) {
    open_block* b = find_block(index);
    if (b == nullptr) return;
    if (b->kind == block_kind::opaque) {
        std::string whole = b->json;
        const auto input = parse_json(b->input);
        if (!b->input.empty() && input.has_value()) {
            // The block began with an empty input; the streamed one takes its place.
            auto began = parse_json_object(b->json);
            if (began.has_value()) {
                (*began)["input"] = *input;
                whole = detail::anthropic_json_text(boost::json::value(std::move(*began)));
            }
        }
        add(chat_event::kind::opaque, b->part, whole, out).name = anthropic_messages::name;
    }
    // A call without arguments is streamed as nothing.
    if (b->kind == block_kind::json_answer && !answer_said_) add(chat_event::kind::text, b->part, "{}", out);
    open_.erase(index);
}

LLMX_DECL void anthropic_messages::stream_decoder::end_message(const boost::json::object& event, event_batch& out) {
    const json_reader in(event);
    // Before the finish, so that who ends the answer there has the totals.
    if (const auto* u = in.object_or_null("usage")) {
        detail::anthropic_read_counts(*u, counts_);
        out.add(chat_event::kind::usage).tokens = counts_.totals();
    }
    const auto* delta = in.object_or_null("delta");
    if (delta == nullptr) return;
    const json_reader d(*delta);
    auto reason = detail::anthropic_finish(d.string_or("stop_reason"));
    if (reason == finish_reason::none) return;
    if (reason == finish_reason::tool_calls && answered_by_tool_ && !called_tool_) reason = finish_reason::stop;
    release_text(out);
    add(chat_event::kind::finish, 0, d.string_or("stop_sequence"), out).reason = reason;
}

} // namespace llmx::inline v0
