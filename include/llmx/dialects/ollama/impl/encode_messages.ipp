// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/chat_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr call_id_rule ollama_call_id_rule(64, false, std::string_view(), "call_");

/// The bytes of a medium in base64 and their type; empty for one that is known by its address alone.
struct ollama_bytes {
    std::string_view type, data;
    [[nodiscard]] bool is_image() const noexcept { return !data.empty() && type.starts_with("image/"); }
};
LLMX_DECL [[nodiscard]] ollama_bytes ollama_bytes_of(const media& m) {
    ollama_bytes b;
    if (!m.file_id.empty()) return b;
    b.type = m.media_type;
    b.data = m.data;
    if (b.data.empty() && is_data_url(m.url)) {
        const auto url = parse_data_url(m.url);
        if (url && url->base64) {
            b.type = url->media_type;
            b.data = url->payload;
        }
    }
    b.type = type_by_bytes(b.type, b.data);
    return b;
}

/// One message of the wire while it is put together.
struct ollama_turn {
    std::string text, thinking, calls;
    /// Elements of `images`.
    std::string images;
    [[nodiscard]] bool empty() const noexcept { return text.empty() && thinking.empty() && calls.empty() && images.empty(); }
};

/// Writes the conversation. Results of tools are directly behind their calls, images of results in a message of the user behind them.
class ollama_message_writer {
public:
    ollama_message_writer(const ollama_form& form, const chat_request& request, const model_traits& traits, drop_report& drops)
        : form_(form), messages_(request.messages), drops_(drops), thinks_(takes_thoughts(traits)) {}

    /// Elements of the `messages` array; empty when nothing is left.
    LLMX_DECL std::string run() {
        std::size_t results_end = 0;
        for (std::size_t i = 0; i < messages_.size();) {
            std::size_t end = i;
            for (; end < messages_.size() && messages_[end].from == role::assistant; ++end) {}
            if (end == i) {
                if (i >= results_end) write_results(i);
                write_message(i, i + 1);
                ++i;
            } else {
                bool calls = false;
                for (std::size_t k = i; k < end; ++k)
                    for (const content_part& p : messages_[k].content) calls = calls || std::holds_alternative<tool_call_part>(p);
                if (calls) write_message(i, end);
                else for (; i < end; ++i) write_message(i, i + 1);
                i = end;
                for (results_end = end; calls && results_end < messages_.size() && messages_[results_end].from != role::assistant; ++results_end)
                    write_results(results_end);
            }
            const std::size_t next = results_end > i ? results_end : i;
            if (!result_images_.empty() && (next >= messages_.size() || messages_[next].from != role::tool)) {
                json_writer w(element());
                w.object().member("role", "user").member("content", "").key("images").array().raw(result_images_).end_array().end_object();
                result_images_.clear();
            }
        }
        return std::move(out_);
    }

    /// Puts the parts of the message number \p i, in which results of tools have no place, into \p to.
    LLMX_DECL void add_parts(std::size_t i, ollama_turn& to) {
        const message& m = messages_[i];
        for (std::size_t p = 0; p < m.content.size(); ++p)
            std::visit([&](const auto& part) { this->add(part, m, request_place().message(i).part(p), to); }, m.content[p]);
    }
    LLMX_DECL void report_message(std::size_t i, bool written) {
        const message& m = messages_[i];
        const request_place at = request_place().message(i);
        report_fields(&m, ollama_message_fields.view(), at, drops_);
        drops_.foreign(m.extra, form_.name, at);
        if (written || !m.extra.speaks(form_.name)) return;
        for (const extra_members::member& e : m.extra.members)
            if (!e.is_absent) drops_.hint(at.other(std::string(extra_members::wire_name(e.name))));
    }

private:
    std::string& element() {
        if (!out_.empty()) out_ += ',';
        return out_;
    }
    static void append(std::string& list, std::string_view json) {
        if (!list.empty()) list += ',';
        list += json;
    }

    LLMX_DECL void write_message(std::size_t begin, std::size_t end) {
        ollama_turn turn;
        for (std::size_t i = begin; i < end; ++i) add_parts(i, turn);
        const message& m = messages_[begin];
        const bool none = turn.empty() && !m.content.empty();
        for (std::size_t i = begin; i < end; ++i) report_message(i, !none && i == begin);
        if (none || (turn.empty() && m.from == role::tool)) return;
        json_writer w(element());
        const bool system = m.from == role::system || m.from == role::developer;
        w.object().member("role", system ? "system" : m.from == role::assistant ? "assistant" : "user").member("content", turn.text);
        if (!turn.thinking.empty()) w.member("thinking", turn.thinking);
        if (!turn.images.empty()) w.key("images").array().raw(turn.images).end_array();
        if (!turn.calls.empty()) w.key("tool_calls").array().raw(turn.calls).end_array();
        w.extra(m.extra, form_.name).end_object();
    }

    LLMX_DECL void add_text(std::string_view text, const message& m, ollama_turn& to) {
        // A user's parts are paragraphs; a model's follow each other directly.
        if (!to.text.empty() && m.from != role::assistant) to.text += '\n';
        to.text += text;
    }
    LLMX_DECL void add(const text_part& t, const message& m, const request_place& at, ollama_turn& to) {
        report_text(t, at);
        add_text(t.text, m, to);
    }
    LLMX_DECL void add(const refusal_part& r, const message& m, const request_place&, ollama_turn& to) { add_text(r.text, m, to); }
    LLMX_DECL void add(const image_part& p, const message& m, const request_place& at, ollama_turn& to) {
        const ollama_bytes b = ollama_bytes_of(p.source);
        drops_.foreign(p.extra, form_.name, at);
        if (!b.is_image() || m.from == role::tool) return drops_.lost(at);
        report_fields(&p, ollama_image_fields.view(), at, drops_);
        report_source(p.source, b, at.of<&image_part::source>());
        std::string value;
        append_json_string(value, b.data);
        append(to.images, value);
    }
    LLMX_DECL void add(const audio_part&, const message&, const request_place& at, ollama_turn&) { drops_.lost(at); }
    LLMX_DECL void add(const file_part& p, const message& m, const request_place& at, ollama_turn& to) {
        const ollama_bytes b = ollama_bytes_of(p.source);
        drops_.foreign(p.extra, form_.name, at);
        const std::optional<std::string> text = text_of(b);
        if ((!b.is_image() && !text) || m.from == role::tool) return drops_.lost(at);
        report_fields(&p, ollama_file_fields.view(), at, drops_);
        report_source(p.source, b, at.of<&file_part::source>());
        if (text) return add_text(*text, m, to);
        std::string value;
        append_json_string(value, b.data);
        append(to.images, value);
    }
    LLMX_DECL void add(const thinking_part& t, const message& m, const request_place& at, ollama_turn& to) {
        drops_.foreign(t.extra, form_.name, at);
        if (!thinks_ || m.from != role::assistant || t.text.empty() || !t.redacted_data.empty()) return drops_.hint(at);
        report_fields(&t, ollama_thinking_fields.view(), at, drops_);
        report_own(t.extra, at);
        to.thinking += t.text;
    }
    LLMX_DECL void add(const tool_call_part& c, const message& m, const request_place& at, ollama_turn& to) {
        if (m.from != role::assistant) return drops_.lost(at);
        report_fields(&c, ollama_tool_call_fields.view(), at, drops_);
        drops_.foreign(c.extra, form_.name, at);
        report_own(c.extra, at);
        const std::string id = ids_.of_call(c);
        names_.insert_or_assign(id, c.name);
        std::string json;
        json_writer w(json);
        ollama_write_call(w, id, c.name, c.arguments);
        append(to.calls, json);
    }
    // Written with the calls that they answer.
    LLMX_DECL void add(const tool_result_part&, const message& m, const request_place& at, ollama_turn&) {
        if (m.from != role::user && m.from != role::tool) drops_.lost(at);
    }
    LLMX_DECL void add(const opaque_part&, const message&, const request_place& at, ollama_turn&) { drops_.lost(at); }

    LLMX_DECL void report_text(const text_part& t, const request_place& at) {
        report_fields(&t, ollama_text_fields.view(), at, drops_);
        drops_.foreign(t.extra, form_.name, at);
        report_own(t.extra, at);
    }
    /// Members of this language where there is no object for them.
    LLMX_DECL void report_own(const extra_members& extra, const request_place& at) {
        if (!extra.speaks(form_.name)) return;
        for (const extra_members::member& e : extra.members)
            if (!e.is_absent) drops_.hint(at.other(std::string(extra_members::wire_name(e.name))));
    }
    LLMX_DECL void report_source(const media& m, const ollama_bytes& as, const request_place& at) {
        if (!m.data.empty() && !m.url.empty()) drops_.hint(at.of<&media::url>());
        // The bytes themselves have the type.
        if (!m.media_type.empty() && type_of_base64(as.data).empty() && m.media_type != "text/plain") drops_.hint(at.of<&media::media_type>());
    }
    LLMX_DECL [[nodiscard]] static std::optional<std::string> text_of(const ollama_bytes& b) {
        if (b.data.empty() || !b.type.starts_with("text/")) return std::nullopt;
        auto text = base64_decode(b.data);
        if (!text || !valid_utf8(*text)) return std::nullopt;
        return std::move(*text);
    }

    LLMX_DECL void write_results(std::size_t i) {
        const message& m = messages_[i];
        if (m.from != role::user && m.from != role::tool) return;
        for (std::size_t p = 0; p < m.content.size(); ++p)
            if (const auto* const r = std::get_if<tool_result_part>(&m.content[p])) write_result(*r, request_place().message(i).part(p), m);
    }
    LLMX_DECL void write_result(const tool_result_part& r, const request_place& at, const message& m) {
        report_fields(&r, ollama_tool_result_fields.view(), at, drops_);
        drops_.foreign(r.extra, form_.name, at);
        ollama_turn turn;
        static const message user(role::user);
        for (std::size_t i = 0; i < r.content.size(); ++i)
            std::visit([&](const auto& part) { this->add(part, user, at.item(i), turn); }, r.content[i]);
        append_images(turn.images);
        const std::string id = ids_.of_result(r);
        const auto called = names_.find(id);
        const std::string& name = called != names_.end() ? called->second : r.name;
        if (!r.name.empty() && name != r.name) drops_.hint(at.of<&tool_result_part::name>());
        json_writer w(element());
        w.object().member("role", "tool").member("content", turn.text);
        if (!name.empty()) w.member("tool_name", name);
        w.member("tool_call_id", id).extra(r.extra, form_.name);
        if (m.from == role::tool) w.extra(m.extra, form_.name);
        w.end_object();
    }
    LLMX_DECL void append_images(const std::string& list) {
        if (!list.empty()) append(result_images_, list);
    }

    const ollama_form& form_;
    const std::vector<message>& messages_;
    drop_report& drops_;
    bool thinks_;
    std::string out_, result_images_;
    std::map<std::string, std::string, std::less<>> names_; // of calls, by id
    call_ids ids_{ollama_call_id_rule};
};

} // namespace llmx::inline LLMX_ABI::detail
