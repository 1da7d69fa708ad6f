// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_members.hpp>
#include <llmx/dialects/gemini/live.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_read.hpp>

#include <algorithm>

// The client's events of a session of Gemini's.

namespace llmx::inline LLMX_ABI::detail {

/// The text of a string of base64 (RFC 4648 section 4) without escapes; nothing for any other value: Gemini would end the session.
LLMX_DECL [[nodiscard]] std::optional<std::string_view> base64_value(std::string_view value) noexcept {
    const std::optional<std::string_view> text = plain_json_string(value);
    if (!text || text->size() % 4 != 0) return std::nullopt;
    std::string_view body = *text;
    for (int i = 0; i != 2 && body.ends_with('='); ++i) body.remove_suffix(1);
    const auto in_alphabet = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
        c == '/'; };
    if (!std::all_of(body.begin(), body.end(), in_alphabet)) return std::nullopt;
    return text;
}

LLMX_DECL std::string LLMX_OF(gemini_live_session)::next_id(std::string_view kind) {
    return std::string(kind).append(options_.id).append("_").append(std::to_string(++count_));
}

LLMX_DECL std::string LLMX_OF(gemini_live_session)::name_of(std::string_view type) const {
    for (const std::string_view kind : {"response.output_audio", "response.output_text"})
        if (options_.beta && type.starts_with(kind)) return std::string("response.")
            .append(type.substr(std::string_view("response.output_").size()));
    return std::string(type);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::refuse(realtime_messages& out, std::string_view code, std::string_view message,
    std::string_view param) {
    std::string text;
    append_realtime_error(text, next_id("event_"), "invalid_request_error", code, message, param);
    out.down.push_back(std::move(text));
}

LLMX_DECL void LLMX_OF(gemini_live_session)::send(realtime_messages& out, std::string text) {
    if (setup_done_) return out.up.push_back(std::move(text));
    held_bytes_ += text.size();
    held_.push_back(std::move(text));
}

LLMX_DECL void LLMX_OF(gemini_live_session)::ensure_setup(realtime_messages& out) {
    if (setup_sent_) return;
    setup_sent_ = true;
    sent_setup_ = setup_.message(options_.model);
    out.up.push_back(sent_setup_);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::begin(realtime_messages& out) {
    event(out, "session.created", [this](json_writer& w) {
        w.key("session").object();
        setup_.write_session(w, options_.model, "sess_" + options_.id, options_.beta);
        w.end_object();
    });
}

LLMX_DECL void LLMX_OF(gemini_live_session)::update_session(std::string_view text, realtime_messages& out) {
    live_setup changed = setup_;
    const std::string_view session = json_member_of(text, "session");
    if (!session.starts_with('{')) return refuse(out, "missing_required_parameter", "session.update has no session", "session");
    const result<void> read = changed.read(session);
    if (!read) return refuse(out, "unsupported_parameter", read.error().message(), read.error().param().empty() ? "session"
        : read.error().param());
    if (setup_sent_ && changed.message(options_.model) != sent_setup_)
        return refuse(out, "session_cannot_be_changed",
                      "Gemini takes the configuration of a session once, before the conversation: send it in the first session.update",
                          "session");
    setup_ = std::move(changed);
    event(out, "session.updated", [this](json_writer& w) {
        w.key("session").object();
        setup_.write_session(w, options_.model, "sess_" + options_.id, options_.beta);
        w.end_object();
    });
}

LLMX_DECL void LLMX_OF(gemini_live_session)::flush_turns(bool complete, realtime_messages& out) {
    std::string text = "{\"clientContent\":{";
    if (!turns_.empty()) text.append("\"turns\":[").append(turns_).append("],");
    send(out, text.append("\"turnComplete\":").append(complete ? "true}}" : "false}}"));
    turns_.clear();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::append_audio(std::string_view text, realtime_messages& out) {
    const std::optional<std::string_view> audio = base64_value(json_member_of(text, "audio"));
    if (!audio) return refuse(out, "invalid_value", "'audio' is not audio in base64", "audio");
    if (audio->empty()) return;
    // What was written before it belongs before it.
    if (!turns_.empty()) flush_turns(false, out);
    if (!setup_.detects_turns() && !activity_) {
        activity_ = true;
        send(out, R"({"realtimeInput":{"activityStart":{}}})");
    }
    if (user_item_.empty()) user_item_ = next_id("item_");
    stream_ended_ = false;
    const std::uint64_t bytes = audio->size() / 4 * 3;
    audio_bytes_ += bytes;
    uncommitted_ += bytes;
    send(out, std::string(R"({"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=24000","data":")").append(*audio).append("\"}}}"));
}

LLMX_DECL void LLMX_OF(gemini_live_session)::announce_item(std::string_view item, std::string_view id, realtime_messages& out) {
    const auto write = [&](json_writer& w) {
        w.key("previous_item_id");
        if (last_item_.empty()) w.null();
        else w.value(last_item_);
        w.raw_member("item", item);
    };
    event(out, options_.beta ? "conversation.item.created" : "conversation.item.added", write);
    if (!options_.beta) event(out, "conversation.item.done", write);
    last_item_ = id;
}

LLMX_DECL void LLMX_OF(gemini_live_session)::commit_user_item(realtime_messages& out) {
    if (user_item_.empty()) return;
    if (!transcript_item_.empty()) end_transcript(out);
    transcript_item_ = std::move(user_item_);
    user_item_.clear();
    uncommitted_ = 0;
    event(out, "input_audio_buffer.committed", [this](json_writer& w) {
        w.key("previous_item_id");
        if (last_item_.empty()) w.null();
        else w.value(last_item_);
        w.member("item_id", transcript_item_);
    });
    std::string item;
    json_writer w(item);
    w.object().member("id", transcript_item_).member("object", "realtime.item").member("type", "message").member("status", "completed");
    w.member("role", "user").key("content").array().object().member("type", "input_audio").key("transcript").null();
    w.end_object().end_array().end_object();
    announce_item(item, transcript_item_, out);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::end_transcript(realtime_messages& out) {
    if (!transcript_item_.empty() && !input_transcript_.empty())
        event(out, "conversation.item.input_audio_transcription.completed", [this](json_writer& w) {
            w.member("item_id", transcript_item_).member("content_index", 0).member("transcript", input_transcript_);
            w.key("usage").object().member("type", "duration").member("seconds", 0).end_object();
        });
    transcript_item_.clear();
    input_transcript_.clear();
}

LLMX_DECL void LLMX_OF(gemini_live_session)::commit_audio(realtime_messages& out) {
    if (uncommitted_ == 0) return refuse(out, "input_audio_buffer_commit_empty", "the buffer of audio is empty");
    if (setup_.detects_turns()) {
        send(out, R"({"realtimeInput":{"audioStreamEnd":true}})");
        stream_ended_ = true;
    }
    commit_user_item(out);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::clear_audio(realtime_messages& out) {
    if (uncommitted_ != 0)
        return refuse(out, "unsupported_event",
            "Gemini has the audio already, and takes none of it back: commit it, or leave the buffer as it is");
    event(out, "input_audio_buffer.cleared", [](json_writer&) {});
}

LLMX_DECL bool LLMX_OF(gemini_live_session)::create_result(std::string_view item, realtime_messages& out) {
    const std::string call = json_text_of(item, "call_id");
    const auto known = std::find_if(calls_.begin(), calls_.end(), [&call](const auto& c) { return c.first == call; });
    if (known == calls_.end()) {
        refuse(out, "invalid_value", "there is no call '" + call + "' without a result", "item.call_id");
        return false;
    }
    const std::string output = json_text_of(item, "output");
    std::string one;
    json_writer w(one);
    w.object().member("id", known->first).member("name", known->second).key("response");
    // Gemini takes an object, and a function's own one as it is.
    const bool object = !output.empty() && output.find_first_not_of(" \t\r\n") != std::string::npos &&
        output[output.find_first_not_of(" \t\r\n")] == '{' &&
                        parse_json_object(output).has_value();
    if (object) w.raw(output);
    else w.object().member("output", output).end_object();
    w.end_object();
    if (results_.size() + one.size() > most_kept) {
        refuse(out, "item_too_large", "the results of functions are too large; send response.create before more of them", "item.output");
        return false;
    }
    if (!results_.empty()) results_ += ',';
    results_ += one;
    calls_.erase(known);
    return true;
}

LLMX_DECL bool LLMX_OF(gemini_live_session)::create_message(std::string_view item, std::string_view, realtime_messages& out) {
    const std::string role = json_text_of(item, "role");
    std::string parts, system;
    std::string_view wrong;
    json_writer w(parts);
    const result<void> read = scan_json_elements(json_member_of(item, "content"), [&](const json_member& one) {
        const std::string kind = json_text_of(one.value, "type");
        if (kind == "input_text" || kind == "text" || kind == "output_text") {
            const std::string text = json_text_of(one.value, "text");
            system += text;
            w.object().member("text", text).end_object();
        } else if (kind == "input_audio") {
            const std::optional<std::string_view> audio = base64_value(json_member_of(one.value, "audio"));
            if (!audio) wrong = "the audio of an item is not base64";
            else w.object().key("inlineData").object().member("mimeType", "audio/pcm;rate=24000").member("data", *audio).end_object()
                .end_object();
        } else if (kind == "input_image") {
            const std::string url = json_text_of(one.value, "image_url");
            const result<data_url> data = parse_data_url(url);
            if (!data || !data->base64 || !base64_decode(data->payload)) wrong = "an image of a session is a data: URL in base64";
            else w.object().key("inlineData").object().member("mimeType", data->media_type).member("data", data->payload).end_object()
                .end_object();
        } else {
            wrong = "a part of an item has a type that Gemini's sessions do not take";
        }
    });
    if (!read || parts.empty()) wrong = "an item has a list of parts as its content";
    if (wrong.empty() && role == "system") {
        if (setup_sent_) wrong = "Gemini takes instructions before the conversation alone: send them in the first session.update";
        else setup_.instructions.append(setup_.instructions.empty() ? "" : "\n").append(system);
    } else if (wrong.empty() && role != "user" && role != "assistant") {
        wrong = "the role of a message is 'user', 'assistant' or 'system'";
    }
    if (wrong.empty() &&
        turns_.size() + parts.size() > most_kept) wrong = "the items are too large; send response.create before more of them";
    if (!wrong.empty()) {
        refuse(out, "invalid_value", wrong, "item");
        return false;
    }
    if (role == "system") return true;
    if (!turns_.empty()) turns_ += ',';
    turns_.append(role == "user" ? R"({"role":"user","parts":[)" : R"({"role":"model","parts":[)").append(parts).append("]}");
    return true;
}

LLMX_DECL void LLMX_OF(gemini_live_session)::create_item(std::string_view text, realtime_messages& out) {
    const std::string_view item = json_member_of(text, "item");
    const std::string kind = json_text_of(item, "type");
    std::string id = json_text_of(item, "id");
    if (id.empty()) id = next_id("item_");
    if (const std::string_view after = json_member_of(text, "previous_item_id"); !after.empty() && !is_json_null(after) &&
        json_text_of(text, "previous_item_id") != last_item_)
        return refuse(out, "unsupported_parameter", "Gemini's sessions take items at the end of the conversation only", "previous_item_id");
    const bool system = kind == "message" && json_text_of(item, "role") == "system";
    if (!system) ensure_setup(out);
    bool made = false;
    if (kind == "message") made = create_message(item, id, out);
    else if (kind == "function_call_output") made = create_result(item, out);
    else refuse(out, "invalid_value", "Gemini's sessions take items of the types 'message' and 'function_call_output'", "item.type");
    if (!made) return;
    std::string shown;
    json_writer w(shown);
    w.object().member("id", id).member("object", "realtime.item").member("status", "completed");
    static_cast<void>(scan_json_members(item, [&](const json_member& m) {
        if (!m.named("id") && !m.named("object") && !m.named("status")) w.key(unescape_json_string(m.key)).raw(m.value);
    }));
    w.end_object();
    announce_item(shown, id, out);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::create_response(std::string_view text, realtime_messages& out) {
    if (!response_.empty() && !dropping_) return refuse(out, "conversation_already_has_active_response",
        "a response is under way: " + response_);
    const std::string_view asked = json_member_of(text, "response");
    std::string lost, metadata;
    if (asked.starts_with('{'))
        static_cast<void>(scan_json_members(asked, [&](const json_member& m) {
            if (m.named("metadata")) metadata = m.value;
            else if (m.named("conversation") && unescape_json_string(m.value) == "auto") return;
            else if ((m.named("output_modalities") || m.named("modalities")) &&
                (m.value.find("\"audio\"") == std::string_view::npos) == setup_.text) return;
            else if (!is_json_null(m.value)) lost = unescape_json_string(m.key);
        }));
    if (!lost.empty())
        return refuse(out, "unsupported_parameter",
            "Gemini's sessions have no '" + lost + "' of one response; set it in the first session.update", "response." + lost);
    ensure_setup(out);
    const bool heard = stream_ended_ || activity_;
    const bool answers = !results_.empty();
    if (answers) {
        send(out, std::string(R"({"toolResponse":{"functionResponses":[)").append(results_).append("]}}"));
        results_.clear();
    }
    if (activity_) {
        if (!turns_.empty()) flush_turns(false, out);
        send(out, R"({"realtimeInput":{"activityEnd":{}}})");
        activity_ = false;
        commit_user_item(out);
    } else if (!turns_.empty() || (!answers && !heard)) {
        flush_turns(true, out);
    }
    stream_ended_ = false;
    metadata_ = std::move(metadata);
    begin_response(out);
}

LLMX_DECL void LLMX_OF(gemini_live_session)::from_client(std::string_view text, realtime_messages& out) {
    if (const result<void> sound = scan_json_members(text, [](const json_member&) {}); !sound)
        return refuse(out, "invalid_event", "an event is one JSON object: " + sound.error().message());
    const std::string_view type = realtime_event_type(text);
    if (type == "input_audio_buffer.append") {
        ensure_setup(out);
        return append_audio(text, out);
    }
    // Parts of the others are sent on as they are: the scan has not looked into them.
    if (const auto whole = parse_json_object(text); !whole) return refuse(out, "invalid_event",
        "an event is one JSON object: " + whole.error().message());
    if (type == "session.update") return update_session(text, out);
    if (type == "conversation.item.create") return create_item(text, out);
    if (type == "input_audio_buffer.commit") return commit_audio(out);
    if (type == "input_audio_buffer.clear") return clear_audio(out);
    if (type == "response.create") return create_response(text, out);
    if (type == "response.cancel") {
        if (response_.empty()) return refuse(out, "response_cancel_not_active", "no response is under way");
        end_response("cancelled", "client_cancelled", out);
        dropping_ = true;
        return;
    }
    if (type == "conversation.item.truncate") {
        const std::string id = json_text_of(text, "item_id");
        if (id.empty() || id != broken_item_)
            return refuse(out, "unsupported_event", "Gemini cuts an item itself when it is interrupted, and none otherwise", "item_id");
        return event(out, "conversation.item.truncated", [&](json_writer& w) {
            w.member("item_id", id).member("content_index", json_count_of(text, "content_index"))
                .member("audio_end_ms", json_count_of(text, "audio_end_ms"));
        });
    }
    refuse(out, "unsupported_event", type.empty() ? std::string("the event has no type")
        : std::string("Gemini's sessions have no equivalent of the event '").append(type.substr(0, 64)).append("'"), "type");
}

} // namespace llmx::inline LLMX_ABI::detail
