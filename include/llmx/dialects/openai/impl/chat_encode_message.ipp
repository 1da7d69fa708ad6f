// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

namespace llmx::inline v0 {
namespace detail {

/// "wav" or "mp3", the two formats that `input_audio` takes; empty for others.
[[nodiscard]] LLMX_DECL std::string_view openai_chat_audio_format(std::string_view type) noexcept {
    if (type == "audio/wav" || type == "audio/x-wav" || type == "audio/wave") return "wav";
    if (type == "audio/mpeg" || type == "audio/mp3") return "mp3";
    return std::string_view();
}

/// Writes `messages`: one message of the vocabulary can become several.
///
/// A tool message carries text only, so images and files in tool results wait until the
/// last tool message of the turn and stand at the front of the user message behind it,
/// which is made when there is none.
class openai_chat_message_writer {
public:
    openai_chat_message_writer(json_writer& w, drop_report& drops) noexcept : w_(w), drops_(drops) {}

    void write(const message& m, std::size_t index) {
        index_ = index;
        const bool answers = m.from == role::tool || m.from == role::user;
        bool has_result = false;
        for (std::size_t i = 0; answers && i < m.content.size(); ++i) {
            if (const auto* r = std::get_if<tool_result_part>(&m.content[i]); r != nullptr) {
                has_result = true;
                write_result(*r, i);
            }
        }
        std::vector<const content_part*> parts;
        for (std::size_t i = 0; i < m.content.size(); ++i)
            if (can_say(m.content[i], m.from, i)) parts.push_back(&m.content[i]);
        openai_chat_report_extra(m.extra, path(), drops_);
        if (m.from == role::tool) return;
        if (m.from == role::user) {
            if (!parts.empty() || !has_result) write_user(m, parts);
            return;
        }
        flush();
        if (m.from == role::assistant) write_assistant(m, parts);
        else write_plain(m, parts);
    }

    /// Writes the media that are still waiting, as a user message.
    void flush() {
        if (waiting_.empty()) return;
        w_.object().member("role", "user").key("content").array();
        write_waiting();
        w_.end_array().end_object();
    }

private:
    [[nodiscard]] std::string path() const { return "messages[" + std::to_string(index_) + "]"; }
    [[nodiscard]] std::string path(std::size_t part) const {
        return path() + ".content[" + std::to_string(part) + "]";
    }

    static bool is_plain(const text_part& t) { return !t.extra.speaks(openai_chat::name) || t.extra.empty(); }

    static bool can_say_file(const file_part& f) {
        const std::string_view type = f.source.media_type;
        if (!f.source.url.empty()) return type.starts_with("image/") && can_fetch(f.source.url);
        if (f.source.data.empty()) return !f.source.file_id.empty() && may_know_file(openai_chat::name, f.source.file_id);
        return !type.starts_with("video/") && !type.starts_with("audio/");
    }
    /// Files of a cloud's own store are behind a key that OpenAI does not have.
    static bool can_fetch(std::string_view url) {
        return (url.starts_with("https://") || url.starts_with("http://") || url.starts_with("data:")) &&
               may_know_file(openai_chat::name, url);
    }
    static bool can_say_image(const image_part& p) {
        return p.source.file_id.empty() && (p.source.url.empty() || can_fetch(p.source.url));
    }
    /// The text of a file that is one; OpenAI takes only some of them as files.
    static std::optional<std::string> text_of(const file_part& f) {
        if (!f.source.media_type.starts_with("text/") || f.source.data.empty()) return std::nullopt;
        auto text = base64_decode(f.source.data);
        if (text.has_error() || !valid_utf8(*text)) return std::nullopt;
        return std::move(*text);
    }

    /// What goes into `content` or `tool_calls` for \p from; the rest is reported.
    bool can_say(const content_part& part, role from, std::size_t i) {
        if (from == role::tool && !std::holds_alternative<tool_result_part>(part)) {
            drops_.lost(path(i));
            return false;
        }
        std::visit([this, i](const auto& p) { report_hints(p, path(i)); }, part);
        bool said = false;
        if (std::holds_alternative<text_part>(part)) {
            said = true;
        } else if (std::holds_alternative<thinking_part>(part)) {
            drops_.hint(path(i));
            return false;
        } else if (const auto* o = std::get_if<opaque_part>(&part); o != nullptr) {
            said = o->origin == openai_chat::name;
            if (said && from != role::assistant) {
                const std::string type = openai_chat_opaque_type(o->value.text);
                said = !type.empty() && type != "custom" && type != "audio";
            }
        } else if (from == role::assistant) {
            said = std::holds_alternative<refusal_part>(part) || std::holds_alternative<tool_call_part>(part);
        } else if (from == role::user) {
            if (std::holds_alternative<tool_result_part>(part)) return false;
            if (const auto* image = std::get_if<image_part>(&part); image != nullptr)
                said = can_say_image(*image);
            else if (const auto* audio = std::get_if<audio_part>(&part); audio != nullptr)
                said = !audio->source.data.empty() &&
                       !openai_chat_audio_format(audio->source.media_type).empty();
            else if (const auto* file = std::get_if<file_part>(&part); file != nullptr)
                said = can_say_file(*file);
        } else if (from == role::tool) {
            return false;
        }
        if (!said) drops_.lost(path(i));
        return said;
    }

    template <class Part> void report_hints(const Part& p, const std::string& where) {
        if constexpr (requires { p.cache; }) {
            if (p.cache) drops_.hint(where + ".cache_control");
        }
        if constexpr (requires { p.citations; }) {
            if (!p.citations.empty()) drops_.hint(where + ".citations");
            if (!p.signature.empty()) drops_.hint(where + ".signature");
        }
        if constexpr (requires { p.extra; }) openai_chat_report_extra(p.extra, where, drops_);
    }

    void write_text(const text_part& t) {
        w_.object().member("type", "text").member("text", t.text).extra(t.extra, openai_chat::name);
        w_.end_object();
    }

    void write_file(const file_part& f) {
        if (!f.source.url.empty()) {
            image_part image(f.source);
            openai_chat_write_image(w_, image);
            return;
        }
        if (const auto text = text_of(f)) {
            w_.object().member("type", "text").member("text", *text).end_object();
            return;
        }
        w_.object().member("type", "file").key("file").object();
        if (f.source.data.empty()) {
            w_.member("file_id", f.source.file_id);
        } else {
            const std::string_view type = f.source.media_type;
            w_.member("file_data",
                      make_data_url(type.empty() ? "application/octet-stream" : type, f.source.data));
        }
        if (!f.filename.empty()) w_.member("filename", f.filename);
        openai_chat_write_inner(w_, f.extra, "file.");
        w_.end_object();
        openai_chat_write_outer(w_, f.extra, "file.");
        w_.end_object();
    }

    void write_audio(const audio_part& a) {
        w_.object().member("type", "input_audio").key("input_audio").object();
        w_.member("data", a.source.data).member("format", openai_chat_audio_format(a.source.media_type));
        openai_chat_write_inner(w_, a.extra, "input_audio.");
        w_.end_object();
        openai_chat_write_outer(w_, a.extra, "input_audio.");
        w_.end_object();
    }

    void write_part(const content_part& part) {
        if (const auto* text = std::get_if<text_part>(&part)) write_text(*text);
        else if (const auto* image = std::get_if<image_part>(&part)) openai_chat_write_image(w_, *image);
        else if (const auto* audio = std::get_if<audio_part>(&part)) write_audio(*audio);
        else if (const auto* file = std::get_if<file_part>(&part)) write_file(*file);
        else if (const auto* opaque = std::get_if<opaque_part>(&part)) w_.raw(opaque->value.text);
        else if (const auto* refusal = std::get_if<refusal_part>(&part))
            w_.object().member("type", "refusal").member("refusal", refusal->text).end_object();
    }

    /// One text without members of its own is a string, which every server reads.
    void write_content(const std::vector<const content_part*>& parts) {
        w_.key("content");
        if (parts.empty() && waiting_.empty()) {
            w_.value("");
            return;
        }
        const auto* only = parts.size() == 1 && waiting_.empty() ? std::get_if<text_part>(parts[0]) : nullptr;
        if (only != nullptr && is_plain(*only)) {
            w_.value(only->text);
            return;
        }
        w_.array();
        write_waiting();
        for (const auto* part : parts) write_part(*part);
        w_.end_array();
    }

    void write_waiting() {
        for (const auto& part : waiting_) {
            if (const auto* image = std::get_if<const image_part*>(&part)) openai_chat_write_image(w_, **image);
            else write_file(*std::get<const file_part*>(part));
        }
        waiting_.clear();
    }

    void write_user(const message& m, const std::vector<const content_part*>& parts) {
        w_.object().member("role", "user");
        write_content(parts);
        if (!m.name.empty()) w_.member("name", m.name);
        w_.extra(m.extra, openai_chat::name).end_object();
    }

    void write_plain(const message& m, const std::vector<const content_part*>& parts) {
        w_.object().member("role", to_string(m.from));
        write_content(parts);
        if (!m.name.empty()) w_.member("name", m.name);
        w_.extra(m.extra, openai_chat::name).end_object();
    }

    void write_assistant(const message& m, const std::vector<const content_part*>& parts) {
        std::vector<const content_part*> content, calls;
        std::string audio_id;
        for (const auto* part : parts) {
            if (const auto* o = std::get_if<opaque_part>(part); o != nullptr) {
                const std::string type = openai_chat_opaque_type(o->value.text);
                if (type == "custom") calls.push_back(part);
                else if (type == "audio") audio_id = id_of_audio(o->value.text);
                else content.push_back(part);
            } else if (std::holds_alternative<tool_call_part>(*part)) {
                calls.push_back(part);
            } else {
                content.push_back(part);
            }
        }
        w_.object().member("role", "assistant");
        const auto* refusal = content.size() == 1 ? std::get_if<refusal_part>(content[0]) : nullptr;
        if (refusal != nullptr) w_.key("content").null().member("refusal", refusal->text);
        else if (content.empty() && (!calls.empty() || !audio_id.empty())) w_.key("content").null();
        else write_content(content);
        if (!m.name.empty()) w_.member("name", m.name);
        if (!audio_id.empty()) w_.key("audio").object().member("id", audio_id).end_object();
        if (!calls.empty()) {
            w_.key("tool_calls").array();
            for (const auto* part : calls) {
                if (const auto* call = std::get_if<tool_call_part>(part)) write_call(*call);
                else w_.raw(std::get<opaque_part>(*part).value.text);
            }
            w_.end_array();
        }
        w_.extra(m.extra, openai_chat::name).end_object();
    }

    /// A request refers to an earlier answer's audio by its id alone.
    static std::string id_of_audio(std::string_view json) {
        const auto parsed = parse_json_object(json);
        if (parsed.has_error()) return std::string();
        const auto* audio = json_reader(*parsed).object_or_null("audio");
        return audio == nullptr ? std::string() : std::string(json_reader(*audio).string_or("id"));
    }

    void write_call(const tool_call_part& call) {
        w_.object().member("id", call.id).member("type", "function").key("function").object();
        w_.member("name", call.name);
        // Servers that parse the arguments reject an empty text.
        w_.member("arguments", call.arguments.empty() ? std::string_view("{}") : call.arguments);
        openai_chat_write_inner(w_, call.extra, "function.");
        w_.end_object();
        if (!call.signature.empty()) openai_chat_write_signature(w_, call.signature);
        openai_chat_write_outer(w_, call.extra, "function.");
        w_.end_object();
    }

    void write_result(const tool_result_part& r, std::size_t index) {
        const std::string where = path(index);
        if (r.is_error) drops_.hint(where + ".is_error");
        std::vector<const text_part*> texts;
        for (std::size_t i = 0; i < r.content.size(); ++i) {
            const std::string piece = where + ".content[" + std::to_string(i) + "]";
            std::visit([&](const auto& p) { report_hints(p, piece); }, r.content[i]);
            if (const auto* text = std::get_if<text_part>(&r.content[i])) {
                texts.push_back(text);
            } else if (const auto* image = std::get_if<image_part>(&r.content[i])) {
                if (can_say_image(*image)) waiting_.emplace_back(image);
                else drops_.lost(piece);
            } else {
                const auto* file = std::get_if<file_part>(&r.content[i]);
                if (can_say_file(*file)) waiting_.emplace_back(file);
                else drops_.lost(piece);
            }
        }
        w_.object().member("role", "tool").member("tool_call_id", r.call_id).key("content");
        if (texts.empty()) {
            w_.value("");
        } else if (texts.size() == 1 && is_plain(*texts[0])) {
            w_.value(texts[0]->text);
        } else {
            w_.array();
            for (const auto* text : texts) write_text(*text);
            w_.end_array();
        }
        w_.extra(r.extra, openai_chat::name).end_object();
    }

    json_writer& w_;
    drop_report& drops_;
    std::size_t index_ = 0;
    std::vector<std::variant<const image_part*, const file_part*>> waiting_;
};

LLMX_DECL void openai_chat_write_messages(json_writer& w, const std::vector<message>& messages,
                                          drop_report& drops) {
    openai_chat_message_writer writer(w, drops);
    w.key("messages").array();
    for (std::size_t i = 0; i < messages.size(); ++i) writer.write(messages[i], i);
    writer.flush();
    w.end_array();
}

} // namespace detail
} // namespace llmx::inline v0
