// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/chat_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

#include <deque>
#include <set>

namespace llmx::inline LLMX_ABI::detail {

/// "wav" or "mp3", the two formats that `input_audio` takes; empty for others.
LLMX_DECL [[nodiscard]] std::string_view openai_chat_audio_format(std::string_view type) noexcept {
    if (type == "audio/wav" || type == "audio/x-wav" || type == "audio/wave") return "wav";
    if (type == "audio/mpeg" || type == "audio/mp3") return "mp3";
    return std::string_view();
}

/// Files of a cloud's own store are behind a key that OpenAI does not have.
LLMX_DECL [[nodiscard]] bool openai_chat_can_fetch(std::string_view url) noexcept {
    return (url.starts_with("https://") || url.starts_with("http://") || url.starts_with("data:")) &&
           may_know_file(openai_chat::name, url);
}

LLMX_DECL [[nodiscard]] bool openai_chat_takes(const image_part& p) noexcept {
    return p.source.file_id.empty() && (p.source.url.empty() || openai_chat_can_fetch(p.source.url));
}

LLMX_DECL [[nodiscard]] bool openai_chat_takes(const audio_part& p) noexcept {
    return !p.source.data.empty() && !openai_chat_audio_format(p.source.media_type).empty();
}

LLMX_DECL [[nodiscard]] bool openai_chat_takes(const file_part& p) noexcept {
    const std::string_view type = p.source.media_type;
    if (!p.source.url.empty()) return type.starts_with("image/") && openai_chat_can_fetch(p.source.url);
    if (p.source.data.empty()) return !p.source.file_id.empty() && may_know_file(openai_chat::name, p.source.file_id);
    return !type.starts_with("video/") && !type.starts_with("audio/");
}

/// The text of a file that is one; OpenAI takes only some of them as files.
LLMX_DECL [[nodiscard]] std::optional<std::string> openai_chat_text_of(const file_part& f) {
    if (!f.source.media_type.starts_with("text/") || f.source.data.empty()) return std::nullopt;
    auto text = base64_decode(f.source.data);
    if (text.has_error() || !valid_utf8(*text)) return std::nullopt;
    return std::move(*text);
}

/// Writes `messages`: one message of the vocabulary can become several.
///
/// A tool message carries text only, so images and files in tool results wait until the
/// last tool message of the turn and are at the front of the user message after it,
/// which is made when there is none.
class openai_chat_message_writer {
public:
    openai_chat_message_writer(json_writer& w, const std::vector<message>& messages, const model_traits& traits, drop_report& drops) noexcept
        : w_(w), messages_(messages), drops_(drops), returns_reasoning_(traits.returns_reasoning), signs_(takes_thoughts(traits)),
          custom_tools_(traits.custom_tools) {}

    LLMX_DECL void write() {
        for (index_ = 0; index_ < messages_.size();) {
            const std::size_t end = end_of_turn();
            if (end == index_ + 1) write(messages_[index_]);
            else write_turn(end);
            if (has_calls_) write_results(end);
            index_ = end;
        }
        flush();
    }

private:
    /// A part that is written, and its place.
    struct chosen {
        chosen(const content_part& p, std::size_t m, std::size_t i) noexcept : part(&p), message(m), index(i) {}
        const content_part* part;
        std::size_t message, index;
    };
    using parts = std::vector<chosen>;
    /// An image or a file of a tool's result; the other is null.
    struct waiting {
        explicit waiting(request_place where) noexcept : at(std::move(where)) {}
        request_place at;
        const image_part* image = nullptr;
        const file_part* file = nullptr;
    };

    LLMX_DECL void write(const message& m) {
        const bool answers = m.from == role::tool || m.from == role::user;
        bool has_result = false;
        for (std::size_t i = 0; answers && i < m.content.size(); ++i) {
            if (const auto* r = std::get_if<tool_result_part>(&m.content[i]); r != nullptr) {
                has_result = true;
                if (index_ >= results_end_) write_result(*r, place(i));
            }
        }
        parts written;
        thoughts_.clear();
        for (std::size_t i = 0; i < m.content.size(); ++i)
            if (takes(m.content[i], m.from, i)) written.emplace_back(m.content[i], index_, i);
        drops_.foreign(m.extra, openai_chat::name, place());
        if (m.from == role::tool || (m.from == role::user && written.empty() && has_result)) return report_head(m);
        if (m.from != role::user) flush();
        if (m.from == role::assistant) write_assistant(m, written);
        else write_plain(m, written);
    }

    /// The end of the messages from `index_` that are written as one: a server demands the results of an assistant's
    /// calls directly behind the message that has them, so that calls of consecutive messages are joined.
    [[nodiscard]] std::size_t end_of_turn() noexcept {
        has_calls_ = false;
        if (index_ < without_calls_) return index_ + 1;
        std::size_t end = index_;
        for (; end < messages_.size() && messages_[end].from == role::assistant; ++end)
            for (const content_part& part : messages_[end].content)
                has_calls_ = has_calls_ || std::holds_alternative<tool_call_part>(part);
        if (has_calls_) return end;
        without_calls_ = end;
        return index_ + 1;
    }

    /// Writes the results in the messages from \p begin up to the assistant's next one: what stands before them there is
    /// written behind them.
    LLMX_DECL void write_results(std::size_t begin) {
        for (index_ = begin; index_ < messages_.size() && messages_[index_].from != role::assistant; ++index_) {
            const message& m = messages_[index_];
            if (m.from != role::tool && m.from != role::user) continue;
            for (std::size_t i = 0; i < m.content.size(); ++i)
                if (const auto* r = std::get_if<tool_result_part>(&m.content[i])) write_result(*r, place(i));
        }
        results_end_ = index_;
    }

    LLMX_DECL void write_turn(std::size_t end) {
        const std::size_t first = index_;
        parts written;
        thoughts_.clear();
        for (; index_ < end; ++index_) {
            const message& m = messages_[index_];
            for (std::size_t i = 0; i < m.content.size(); ++i)
                if (takes(m.content[i], m.from, i)) written.emplace_back(m.content[i], index_, i);
            drops_.foreign(m.extra, openai_chat::name, place());
            if (index_ != first) report_head(m);
        }
        index_ = first;
        flush();
        write_assistant(messages_[first], written);
    }

    /// A message of which nothing but content is written, its head is another's.
    LLMX_DECL void report_head(const message& m) {
        if (!m.name.empty()) drops_.hint(place().of<&message::name>());
        openai_chat_report_inner(m.extra, "", place(), drops_);
    }

    /// Writes the media that are still waiting, as a user message.
    LLMX_DECL void flush() {
        if (waiting_.empty()) return;
        w_.object().member("role", "user").key("content").array();
        write_waiting();
        w_.end_array().end_object();
    }

    [[nodiscard]] request_place place() const { return request_place().message(index_); }
    [[nodiscard]] request_place place(std::size_t part) const { return place().part(part); }
    [[nodiscard]] static request_place place(const chosen& c) { return request_place().message(c.message).part(c.index); }

    static bool is_plain(const text_part& t) { return !t.extra.speaks(openai_chat::name) || t.extra.empty(); }

    /// Whether \p part goes into `content` or `tool_calls` for \p from; reports parts that do not.
    LLMX_DECL bool takes(const content_part& part, role from, std::size_t i) {
        const bool is_result = std::holds_alternative<tool_result_part>(part);
        if (is_result && (from == role::tool || from == role::user)) return false; // is written already
        if (from == role::tool) {
            drops_.lost(place(i));
            return false;
        }
        std::visit([&](const auto& p) { report_members(p, place(i)); }, part);
        if (const auto* thought = std::get_if<thinking_part>(&part); thought != nullptr) {
            if (returns_reasoning_ && from == role::assistant && !thought->text.empty()) thoughts_.emplace_back(part, index_, i);
            else drops_.hint(place(i));
            return false;
        }
        const bool taken = std::visit([from](const auto& p) { return takes_part(p, from); }, part);
        if (!taken) drops_.lost(place(i));
        return taken;
    }

    template <class Part> static bool takes_part(const Part& part, role from) {
        if constexpr (std::is_same_v<Part, text_part>) {
            return true;
        } else if constexpr (std::is_same_v<Part, opaque_part>) {
            if (part.origin != openai_chat::name || from == role::assistant) return part.origin == openai_chat::name;
            const std::string type = openai_chat_opaque_type(part.value.text);
            return !type.empty() && type != "custom" && type != "audio";
        } else if constexpr (std::is_same_v<Part, refusal_part> || std::is_same_v<Part, tool_call_part>) {
            return from == role::assistant;
        } else if constexpr (requires { part.source; }) {
            return from == role::user && openai_chat_takes(part);
        } else {
            return false;
        }
    }

    /// Reports members without an equivalent, whether or not the part itself is written.
    template <class Part> void report_members(const Part& p, const request_place& at) {
        report_fields(&p, openai_chat_part_fields<Part>(), at, drops_);
        if constexpr (requires { p.extra; }) drops_.foreign(p.extra, openai_chat::name, at);
    }

    /// Reports members of \p m that the form chosen for it leaves out; \p by is the one that is written, and \p typed
    /// whether the type is written or has chosen the form.
    template <auto Source>
    void report_media(const media& m, const std::string media::* by, bool typed, const request_place& at) {
        const auto left_out = [&](const std::string media::* member) { return member != by && !(m.*member).empty(); };
        if (left_out(&media::data)) drops_.hint(at.of<Source>().template of<&media::data>());
        if (left_out(&media::url)) drops_.hint(at.of<Source>().template of<&media::url>());
        if (left_out(&media::file_id)) drops_.hint(at.of<Source>().template of<&media::file_id>());
        if (!typed && !m.media_type.empty()) drops_.hint(at.of<Source>().template of<&media::media_type>());
    }

    void write_text(const text_part& t) {
        w_.object().member("type", "text").member("text", t.text).extra(t.extra, openai_chat::name);
        w_.end_object();
    }

    LLMX_DECL void write_image(const image_part& image, const request_place& at) {
        const bool inlined = !image.source.data.empty();
        if (inlined && type_by_bytes(image.source.media_type, image.source.data) == "application/pdf") {
            // Clients name whatever they attach an image.
            if (!image.detail.empty()) drops_.hint(at.of<&image_part::detail>());
            openai_chat_report_inner(image.extra, "", at, drops_);
            return write_pdf(image.source);
        }
        report_media<&image_part::source>(image.source, inlined ? &media::data : &media::url, inlined, at);
        openai_chat_write_image(w_, image);
    }

    LLMX_DECL void write_pdf(const media& m) {
        w_.object().member("type", "file").key("file").object();
        w_.member("file_data", make_data_url("application/pdf", m.data)).member("filename", "document.pdf");
        w_.end_object().end_object();
    }

    LLMX_DECL void write_file(const file_part& f, const request_place& at) {
        const bool by_url = !f.source.url.empty(), inlined = !f.source.data.empty();
        const auto by = by_url ? &media::url : inlined ? &media::data : &media::file_id;
        report_media<&file_part::source>(f.source, by, by != &media::file_id, at);
        const std::string_view seen = inlined ? type_by_bytes(f.source.media_type, f.source.data) : std::string_view();
        const bool image = by_url || seen.starts_with("image/");
        const std::optional<std::string> text = image ? std::nullopt : openai_chat_text_of(f);
        if (image || text) report_head(f, at);
        if (image) {
            openai_chat_write_image(w_, image_part(f.source));
            return;
        }
        if (text) {
            w_.object().member("type", "text").member("text", *text).end_object();
            return;
        }
        w_.object().member("type", "file").key("file").object();
        if (inlined) {
            w_.member("file_data", make_data_url(seen.empty() ? "application/octet-stream" : seen, f.source.data));
            // Bytes without a name are refused.
            if (f.filename.empty()) w_.member("filename", seen == "application/pdf" ? "document.pdf" : "document");
        } else {
            w_.member("file_id", f.source.file_id);
        }
        write_mapped_fields(w_, &f, openai_chat_file_fields.view(), at, drops_);
        openai_chat_write_inner(w_, f.extra, "file.");
        w_.end_object();
        openai_chat_write_outer(w_, f.extra, {"file."});
        w_.end_object();
    }

    /// Members of a file of which nothing but the content is written.
    LLMX_DECL void report_head(const file_part& f, const request_place& at) {
        if (!f.filename.empty()) drops_.hint(at.of<&file_part::filename>());
        openai_chat_report_inner(f.extra, "", at, drops_);
    }

    LLMX_DECL void write_audio(const audio_part& a, const request_place& at) {
        report_media<&audio_part::source>(a.source, &media::data, true, at);
        w_.object().member("type", "input_audio").key("input_audio").object();
        w_.member("data", a.source.data).member("format", openai_chat_audio_format(a.source.media_type));
        openai_chat_write_inner(w_, a.extra, "input_audio.");
        w_.end_object();
        openai_chat_write_outer(w_, a.extra, {"input_audio."});
        w_.end_object();
    }

    LLMX_DECL void write_part(const chosen& c) {
        const content_part& part = *c.part;
        if (const auto* text = std::get_if<text_part>(&part)) write_text(*text);
        else if (const auto* image = std::get_if<image_part>(&part)) write_image(*image, place(c));
        else if (const auto* audio = std::get_if<audio_part>(&part)) write_audio(*audio, place(c));
        else if (const auto* file = std::get_if<file_part>(&part)) write_file(*file, place(c));
        else if (const auto* opaque = std::get_if<opaque_part>(&part)) w_.raw(opaque->value.text);
        else if (const auto* refusal = std::get_if<refusal_part>(&part))
            w_.object().member("type", "refusal").member("refusal", refusal->text).end_object();
    }

    /// One text without members of its own is a string, which every server accepts.
    LLMX_DECL void write_content(const parts& written) {
        w_.key("content");
        if (written.empty() && waiting_.empty()) {
            w_.value("");
            return;
        }
        const auto* only = written.size() == 1 && waiting_.empty() ? std::get_if<text_part>(written[0].part) : nullptr;
        if (only != nullptr && is_plain(*only)) {
            w_.value(only->text);
            return;
        }
        w_.array();
        write_waiting();
        for (const chosen& part : written) write_part(part);
        w_.end_array();
    }

    LLMX_DECL void write_waiting() {
        for (const waiting& one : waiting_) {
            if (one.image != nullptr) write_image(*one.image, one.at);
            else write_file(*one.file, one.at);
        }
        waiting_.clear();
    }

    LLMX_DECL void write_plain(const message& m, const parts& written) {
        w_.object().member("role", to_string(m.from));
        write_content(written);
        if (!m.name.empty()) w_.member("name", m.name);
        w_.extra(m.extra, openai_chat::name).end_object();
    }

    LLMX_DECL void write_assistant(const message& m, const parts& written) {
        parts content, calls;
        std::string audio_id;
        for (const chosen& c : written) {
            if (const auto* o = std::get_if<opaque_part>(c.part); o != nullptr) {
                const std::string type = openai_chat_opaque_type(o->value.text);
                if (type == "custom") calls.push_back(c);
                else if (type == "audio") take_audio(o->value.text, place(c), audio_id);
                else content.push_back(c);
            } else if (std::holds_alternative<tool_call_part>(*c.part)) {
                calls.push_back(c);
            } else {
                content.push_back(c);
            }
        }
        w_.object().member("role", "assistant");
        const auto* refusal = content.size() == 1 ? std::get_if<refusal_part>(content[0].part) : nullptr;
        if (refusal != nullptr) w_.key("content").null().member("refusal", refusal->text);
        else if (content.empty() && (!calls.empty() || !audio_id.empty())) w_.key("content").null();
        else write_content(content);
        if (!m.name.empty()) w_.member("name", m.name);
        if (!audio_id.empty()) w_.key("audio").object().member("id", audio_id).end_object();
        if (returns_reasoning_) write_thoughts(!calls.empty());
        if (!calls.empty()) {
            w_.key("tool_calls").array();
            for (const chosen& c : calls) {
                if (const auto* call = std::get_if<tool_call_part>(c.part)) write_call(*call);
                else w_.raw(std::get<opaque_part>(*c.part).value.text);
            }
            w_.end_array();
        }
        w_.extra(m.extra, openai_chat::name).end_object();
    }

    /// DeepSeek and Kimi refuse a turn with calls that lacks the reasoning that led to them, and an empty one; turns without
    /// calls do without it (api-docs.deepseek.com/guides/thinking_mode, platform.moonshot.ai/docs/guide/use-kimi-k2-thinking-model).
    LLMX_DECL void write_thoughts(bool beside_calls) {
        if (!beside_calls) {
            for (const chosen& t : thoughts_) drops_.hint(place(t));
            return;
        }
        std::string text;
        for (const chosen& t : thoughts_) text += std::get<thinking_part>(*t.part).text;
        w_.member("reasoning_content", text.empty() ? std::string_view(" ") : std::string_view(text));
    }

    /// A request refers to an earlier answer's audio by its id alone, and to one.
    LLMX_DECL void take_audio(std::string_view json, const request_place& at, std::string& id) {
        json_document document(json);
        const json_cursor part = document.root(), audio = part["audio"];
        const std::string_view given = audio["id"].string_or();
        if (given.empty() || !id.empty()) return drops_.lost(at);
        id = given;
    }

    LLMX_DECL void write_call(const tool_call_part& call) {
        const bool custom = is_custom_tool(call.extra);
        if (custom && custom_tools_) return openai_chat_write_custom_call(w_, ids_.of_call(call), call);
        w_.object().member("id", ids_.of_call(call)).member("type", "function").key("function").object();
        w_.member("name", call.name);
        // Servers that parse the arguments reject an empty text.
        w_.member("arguments", call.arguments.empty() ? std::string_view("{}") : call.arguments);
        openai_chat_write_inner(w_, call.extra, "function.");
        w_.end_object();
        if (!call.signature.empty() && signs_) openai_chat_write_signature(w_, call.signature);
        openai_chat_write_outer(w_, call.extra, {"function.", custom ? custom_tool_mark : std::string_view("function.")});
        w_.end_object();
    }

    LLMX_DECL void write_result(const tool_result_part& r, const request_place& at) {
        report_members(r, at);
        if (!r.name.empty() && !has_call(r)) drops_.hint(at.of<&tool_result_part::name>());
        std::vector<const text_part*> texts;
        std::deque<text_part> documents;
        for (std::size_t i = 0; i < r.content.size(); ++i) {
            const request_place item = at.item(i);
            std::visit([&](const auto& p) { report_members(p, item); }, r.content[i]);
            const auto* const image = std::get_if<image_part>(&r.content[i]);
            const auto* const file = std::get_if<file_part>(&r.content[i]);
            if (const auto* text = std::get_if<text_part>(&r.content[i])) {
                texts.push_back(text);
            } else if (auto words = file != nullptr ? openai_chat_text_of(*file) : std::nullopt; words) {
                report_media<&file_part::source>(file->source, &media::data, true, item);
                report_head(*file, item);
                texts.push_back(&documents.emplace_back(std::move(*words)));
            } else if (image != nullptr ? openai_chat_takes(*image) : openai_chat_takes(*file)) {
                waiting& later = waiting_.emplace_back(item);
                later.image = image;
                later.file = file;
            } else {
                drops_.lost(item);
            }
        }
        w_.object().member("role", "tool").member("tool_call_id", ids_.of_result(r)).key("content");
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

    /// Whether a call up to here has the name and the id of \p r.
    [[nodiscard]] bool has_call(const tool_result_part& r) {
        for (; searched_ <= index_; ++searched_)
            for (const content_part& part : messages_[searched_].content)
                if (const auto* call = std::get_if<tool_call_part>(&part)) calls_.emplace(call->id, call->name);
        return calls_.contains(std::pair<std::string_view, std::string_view>(r.call_id, r.name));
    }

    json_writer& w_;
    const std::vector<message>& messages_;
    drop_report& drops_;
    std::size_t index_ = 0, searched_ = 0;
    /// The assistant's messages from `index_` up to here have no calls; the results of messages up to there are written.
    std::size_t without_calls_ = 0, results_end_ = 0;
    bool has_calls_ = false;
    /// Ids and names of the calls in the messages before `searched_`.
    std::set<std::pair<std::string_view, std::string_view>> calls_;
    std::vector<waiting> waiting_;
    /// Of the message that is written, while the model gets them back.
    parts thoughts_;
    bool returns_reasoning_, signs_, custom_tools_;
    call_ids ids_{openai_chat_call_id_rule};
};

LLMX_DECL void openai_chat_write_messages(json_writer& w, const std::vector<message>& messages, const model_traits& traits, drop_report& drops) {
    w.key("messages").array();
    openai_chat_message_writer(w, messages, traits, drops).write();
    w.end_array();
}

} // namespace llmx::inline LLMX_ABI::detail
