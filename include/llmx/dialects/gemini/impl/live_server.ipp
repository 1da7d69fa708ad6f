// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_members.hpp>
#include <llmx/dialects/gemini/live.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>

#include <algorithm>

// Gemini's messages of a session, and the response that they make.

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void LLMX_OF(gemini_live_session)::write_place(json_writer& w) const {
    w.member("response_id", response_).member("item_id", item_).member("output_index", output_index_)
        .member("content_index", content_index_);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::write_message(json_writer& w, std::string_view status) const {
    w.object().member("id", item_).member("object", "realtime.item").member("type", "message").member("status", status);
    w.member("role", "assistant").key("content").raw("[" + contents_ + "]").end_object();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::write_response(json_writer& w, std::string_view status, std::string_view reason) {
    const bool ended = status != "in_progress";
    w.key("response").object().member("object", "realtime.response").member("id", response_).member("status", status).key("status_details");
    if (reason.empty()) {
        w.null();
    } else {
        w.object().member("type", status);
        if (status == "failed") w.key("error").object().member("type", "server_error").member("code", reason).end_object();
        else w.member("reason", reason);
        w.end_object();
    }
    w.key("output").raw("[" + items_ + "]").member("conversation_id", "conv_" + options_.id);
    w.key(options_.beta ? "modalities" : "output_modalities").array().value(setup_.text ? "text" : "audio");
    if (options_.beta && !setup_.text) w.value("text");
    w.end_array().key(options_.beta ? "max_response_output_tokens" : "max_output_tokens");
    if (setup_.max_tokens) w.value(*setup_.max_tokens);
    else w.value("inf");
    w.key("usage");
    if (ended && !usage_.empty()) usage_.write(w);
    else w.null();
    w.raw_member("metadata", metadata_.empty() ? std::string_view("null") : std::string_view(metadata_)).end_object();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::begin_response(realtime_messages& out) {
    if (!response_.empty()) return;
    // The turn of the user is over, whatever has shown it.
    if (speaking_)
        event(out, "input_audio_buffer.speech_stopped", [this](json_writer& w) { w.member("audio_end_ms", audio_bytes_ / 48)
            .member("item_id", user_item_); });
    speaking_ = false;
    if (setup_.detects_turns() || !activity_) commit_user_item(out);
    response_ = next_id("resp_");
    output_index_ = 0;
    items_.clear();
    event(out, "response.created", [this](json_writer& w) { write_response(w, "in_progress", std::string_view()); });
}

LLMX_DECL void LLMX_OF(gemini_live_session)::open_item(realtime_messages& out) {
    if (!item_.empty()) return;
    item_ = next_id("item_");
    content_index_ = 0;
    contents_.clear();
    event(out, "response.output_item.added", [this](json_writer& w) {
        w.member("response_id", response_).member("output_index", output_index_).key("item");
        write_message(w, "in_progress");
    });
    event(out, options_.beta ? "conversation.item.created" : "conversation.item.added", [this](json_writer& w) {
        w.key("previous_item_id");
        if (last_item_.empty()) w.null();
        else w.value(last_item_);
        w.key("item");
        write_message(w, "in_progress");
    });
    last_item_ = item_;
}

LLMX_DECL void LLMX_OF(gemini_live_session)::open_part(part kind, realtime_messages& out) {
    if (part_ == kind) return;
    begin_response(out);
    close_part(out);
    open_item(out);
    part_ = kind;
    text_.clear();
    event(out, "response.content_part.added", [&](json_writer& w) {
        write_place(w);
        w.key("part").object().member("type", kind == part::audio ? "audio" : "text").member(kind == part::audio ? "transcript" : "text",
            "").end_object();
    });
}

LLMX_DECL void LLMX_OF(gemini_live_session)::close_part(realtime_messages& out) {
    if (part_ == part::none) return;
    const bool audio = part_ == part::audio;
    if (audio) event(out, "response.output_audio.done", [this](json_writer& w) { write_place(w); });
    event(out, audio ? "response.output_audio_transcript.done" : "response.output_text.done", [&](json_writer& w) {
        write_place(w);
        w.member(audio ? "transcript" : "text", text_);
    });
    event(out, "response.content_part.done", [&](json_writer& w) {
        write_place(w);
        w.key("part").object().member("type", audio ? "audio" : "text").member(audio ? "transcript" : "text", text_).end_object();
    });
    if (!contents_.empty()) contents_ += ',';
    json_writer w(contents_);
    const std::string_view kind = options_.beta ? (audio ? "audio" : "text") : (audio ? "output_audio" : "output_text");
    w.object().member("type", kind).member(audio ? "transcript" : "text", text_).end_object();
    ++content_index_;
    part_ = part::none;
    text_.clear();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::close_item(std::string_view status, realtime_messages& out) {
    close_part(out);
    if (item_.empty()) return;
    std::string item;
    json_writer whole(item);
    write_message(whole, status);
    event(out, "response.output_item.done", [&](json_writer& w) { w.member("response_id", response_).member("output_index", output_index_)
        .raw_member("item", item); });
    if (!options_.beta) event(out, "conversation.item.done", [&](json_writer& w) { w.raw_member("item", item); });
    if (!items_.empty()) items_ += ',';
    items_ += item;
    ++output_index_;
    broken_item_ = status == "completed" ? std::string() : item_;
    item_.clear();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::end_response(std::string_view status, std::string_view reason, realtime_messages& out) {
    if (response_.empty()) return;
    close_item(status == "completed" ? "completed" : "incomplete", out);
    event(out, "response.done", [&](json_writer& w) { write_response(w, status, reason); });
    response_.clear();
    metadata_.clear();
    items_.clear();
    usage_ = live_usage();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::take_parts(std::string_view turn, realtime_messages& out) {
    static_cast<void>(scan_json_elements(json_member_of(turn, "parts"), [&](const json_member& one) {
        if (dropping_ || json_member_of(one.value, "thought") == "true") return;
        const std::string_view blob = json_member_of(one.value, "inlineData");
        if (!blob.empty() && json_text_of(blob, "mimeType").starts_with("audio/")) {
            const std::string_view data = json_member_of(blob, "data");
            if (!is_json_string(data)) return;
            open_part(part::audio, out);
            event(out, "response.output_audio.delta", [&](json_writer& w) {
                write_place(w);
                w.raw_member("delta", data);
            });
            return;
        }
        const std::string text = json_text_of(one.value, "text");
        if (text.empty()) return;
        open_part(part::text, out);
        if (text_.size() + text.size() <= most_kept) text_ += text;
        event(out, "response.output_text.delta", [&](json_writer& w) {
            write_place(w);
            w.member("delta", text);
        });
    }));
}

LLMX_DECL void LLMX_OF(gemini_live_session)::take_content(std::string_view content, realtime_messages& out) {
    const std::string heard = json_text_of(json_member_of(content, "inputTranscription"), "text");
    if (!heard.empty()) {
        // Before its commit the transcription belongs to the item that is spoken, after it to the last one.
        const bool new_turn = !user_item_.empty();
        if (new_turn && !transcript_item_.empty()) end_transcript(out);
        if (new_turn && !speaking_ && setup_.detects_turns()) {
            speaking_ = true;
            event(out, "input_audio_buffer.speech_started", [this](json_writer& w) { w.member("audio_start_ms",
                (audio_bytes_ - std::min(audio_bytes_, uncommitted_)) / 48).member("item_id", user_item_); });
        }
        const std::string& of = new_turn ? user_item_ : transcript_item_;
        if (!of.empty()) {
            if (input_transcript_.size() + heard.size() <= most_kept) input_transcript_ += heard;
            event(out, "conversation.item.input_audio_transcription.delta",
                [&](json_writer& w) { w.member("item_id", of).member("content_index", 0).member("delta", heard); });
        }
    }
    take_parts(json_member_of(content, "modelTurn"), out);
    const std::string spoken = json_text_of(json_member_of(content, "outputTranscription"), "text");
    if (!spoken.empty() && !dropping_) {
        open_part(part::audio, out);
        if (text_.size() + spoken.size() <= most_kept) text_ += spoken;
        event(out, "response.output_audio_transcript.delta", [&](json_writer& w) {
            write_place(w);
            w.member("delta", spoken);
        });
    }
    if (json_member_of(content, "interrupted") == "true") {
        dropping_ = false;
        if (!response_.empty() && !speaking_ && !user_item_.empty() && setup_.detects_turns()) {
            speaking_ = true;
            event(out, "input_audio_buffer.speech_started", [this](json_writer& w) { w.member("audio_start_ms", audio_bytes_ / 48)
                .member("item_id", user_item_); });
        }
        end_response("cancelled", "turn_detected", out);
    }
    if (json_member_of(content, "turnComplete") == "true") {
        const bool dropped = std::exchange(dropping_, false);
        if (!dropped) end_response("completed", std::string_view(), out);
        end_transcript(out);
    }
}

LLMX_DECL void LLMX_OF(gemini_live_session)::take_calls(std::string_view call, realtime_messages& out) {
    if (dropping_) return;
    static_cast<void>(scan_json_elements(json_member_of(call, "functionCalls"), [&](const json_member& one) {
        std::string id = json_text_of(one.value, "id");
        const std::string name = json_text_of(one.value, "name");
        if (name.empty() || calls_.size() == most_calls) return;
        if (id.empty()) id = next_id("call_");
        const std::string_view args = json_member_of(one.value, "args");
        const std::string arguments(args.empty() ? std::string_view("{}") : args);
        begin_response(out);
        close_item("completed", out);
        item_ = next_id("item_");
        const auto write = [&](json_writer& w, std::string_view status, std::string_view so_far) {
            w.object().member("id", item_).member("object", "realtime.item").member("type", "function_call").member("status", status);
            w.member("call_id", id).member("name", name).member("arguments", so_far).end_object();
        };
        const auto place = [&](json_writer& w) { w.member("response_id", response_).member("item_id", item_)
            .member("output_index", output_index_).member("call_id", id); };
        event(out, "response.output_item.added", [&](json_writer& w) {
            w.member("response_id", response_).member("output_index", output_index_).key("item");
            write(w, "in_progress", "");
        });
        event(out, options_.beta ? "conversation.item.created" : "conversation.item.added", [&](json_writer& w) {
            w.key("previous_item_id");
            if (last_item_.empty()) w.null();
            else w.value(last_item_);
            w.key("item");
            write(w, "in_progress", "");
        });
        event(out, "response.function_call_arguments.delta", [&](json_writer& w) {
            place(w);
            w.member("delta", arguments);
        });
        event(out, "response.function_call_arguments.done", [&](json_writer& w) {
            place(w);
            w.member("name", name).member("arguments", arguments);
        });
        std::string item;
        json_writer whole(item);
        write(whole, "completed", arguments);
        event(out, "response.output_item.done", [&](json_writer& w) { w.member("response_id", response_)
            .member("output_index", output_index_).raw_member("item", item); });
        if (!options_.beta) event(out, "conversation.item.done", [&](json_writer& w) { w.raw_member("item", item); });
        if (!items_.empty()) items_ += ',';
        items_ += item;
        ++output_index_;
        last_item_ = item_;
        item_.clear();
        calls_.emplace_back(std::move(id), name);
    }));
    // Gemini waits for the results, and goes on in what is another response here.
    end_response("completed", std::string_view(), out);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::cancel_calls(std::string_view cancellation, realtime_messages& out) {
    static_cast<void>(scan_json_elements(json_member_of(cancellation, "ids"), [&](const json_member& one) {
        const std::string id = unescape_json_string(one.value);
        const auto known = std::find_if(calls_.begin(), calls_.end(), [&id](const auto& c) { return c.first == id; });
        if (known == calls_.end()) return;
        std::string text;
        append_realtime_error(text, next_id("event_"), "server_error", "tool_call_cancelled",
            "Gemini has cancelled the call '" + id + "': its result is not needed any more", "call_id");
        out.down.push_back(std::move(text));
        calls_.erase(known);
    }));
}

LLMX_DECL void LLMX_OF(gemini_live_session)::from_upstream(std::string_view message, realtime_messages& out) {
    std::string_view content, call, cancellation, leaving;
    bool ready_now = false;
    const result<void> read = scan_json_members(message, [&](const json_member& m) {
        if (m.named("setupComplete")) ready_now = true;
        else if (m.named("serverContent")) content = m.value;
        else if (m.named("toolCall")) call = m.value;
        else if (m.named("toolCallCancellation")) cancellation = m.value;
        else if (m.named("goAway")) leaving = m.value;
        else if (m.named("usageMetadata")) usage_ = live_usage::read(m.value);
        // `sessionResumptionUpdate` comes only where it was asked for, which this does not do.
    });
    if (!read) {
        std::string text;
        append_realtime_error(text, next_id("event_"), "server_error", "bad_response",
            "the provider has sent a message that is no JSON object");
        return out.down.push_back(std::move(text));
    }
    if (ready_now && !setup_done_) {
        setup_done_ = true;
        for (std::string& text : held_) out.up.push_back(std::move(text));
        held_.clear();
        held_bytes_ = 0;
    }
    if (!content.empty()) take_content(content, out);
    if (!call.empty()) take_calls(call, out);
    if (!cancellation.empty()) cancel_calls(cancellation, out);
    if (!leaving.empty()) {
        std::string text;
        append_realtime_error(text, next_id("event_"), "server_error", "session_expiring",
            "the provider ends this session in " + json_text_of(leaving, "timeLeft"));
        out.down.push_back(std::move(text));
    }
}

LLMX_DECL void LLMX_OF(gemini_live_session)::upstream_closed(std::uint16_t code, std::string_view reason, realtime_messages& out) {
    end_response("failed", "upstream_closed", out);
    end_transcript(out);
    if (code == 1000) return;
    std::string text;
    append_realtime_error(text, next_id("event_"), code == 1007 || code == 1008 ? "invalid_request_error" : "server_error",
        "upstream_closed",
                          reason.empty() ? std::string_view("the provider has ended the session") : reason);
    out.down.push_back(std::move(text));
}

} // namespace llmx::inline LLMX_ABI::detail
