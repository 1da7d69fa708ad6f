// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/detail/chat_fields.hpp>
#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr call_id_rule cohere_call_id_rule(64, false, std::string_view(), "call_");

/// Where an image is, as the API takes it: an address of the web, or bytes as a data URL.
LLMX_DECL [[nodiscard]] std::optional<std::string> cohere_image_url(const media& m) {
    if (!m.file_id.empty()) return std::nullopt;
    if (!m.data.empty()) {
        const std::string_view type = type_by_bytes(m.media_type, m.data);
        if (!type.starts_with("image/")) return std::nullopt;
        return make_data_url(type, m.data);
    }
    const bool web = m.url.starts_with("https://") || m.url.starts_with("http://");
    if ((!web && !is_data_url(m.url)) || !may_know_file(cohere_chat::name, m.url)) return std::nullopt;
    return m.url;
}

/// The text of a file that is one.
LLMX_DECL [[nodiscard]] std::optional<std::string> cohere_file_text(const media& m) {
    std::string_view type = m.media_type, data = m.data;
    if (data.empty() && is_data_url(m.url)) {
        const auto url = parse_data_url(m.url);
        if (!url || !url->base64) return std::nullopt;
        type = url->media_type;
        data = url->payload;
    }
    if (data.empty() || !type_by_bytes(type, data).starts_with("text/")) return std::nullopt;
    auto text = base64_decode(data);
    if (!text || !valid_utf8(*text)) return std::nullopt;
    return std::move(*text);
}

/// Writes the conversation, and the documents that are a part of the request here.
///
/// The API demands the results of calls directly behind the message with the calls, so that an assistant's messages in a row
/// are joined when one of them has calls. Images in results follow in a message of the user.
class cohere_message_writer {
public:
    cohere_message_writer(const chat_request& request, const model_traits& traits, drop_report& drops)
        : messages_(request.messages), drops_(drops), thinks_(takes_thoughts(traits)) {}

    /// Reads all messages; afterwards `messages` and `documents` have their JSON.
    LLMX_DECL result<void> run() {
        std::size_t results_end = 0;
        for (std::size_t i = 0; i < messages_.size();) {
            std::size_t end = i;
            bool calls = false;
            for (; end < messages_.size() && messages_[end].from == role::assistant; ++end)
                for (const content_part& p : messages_[end].content) calls = calls || std::holds_alternative<tool_call_part>(p);
            if (end == i) {
                if (i >= results_end) write_results(i);
                write_plain(i++);
            } else if (!calls) {
                for (; i < end; ++i) write_assistant(i, i + 1);
            } else {
                write_assistant(i, end);
                i = end;
                for (results_end = end; results_end < messages_.size() && messages_[results_end].from != role::assistant; ++results_end)
                    write_results(results_end);
            }
            flush_images(results_end <= i ? i : results_end);
        }
        if (!out_.empty()) return success();
        return drops_.refuse_empty(request_place().of<&chat_request::messages>(), "a message with content is required");
    }

    /// Elements of the `messages` and of the `documents` array.
    [[nodiscard]] const std::string& messages() const noexcept { return out_; }
    [[nodiscard]] const std::string& documents() const noexcept { return documents_; }

private:
    [[nodiscard]] static request_place place(std::size_t m, std::size_t part) { return request_place().message(m).part(part); }
    static std::string& element(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    LLMX_DECL void report_message(std::size_t i, bool written) {
        const message& m = messages_[i];
        const request_place at = request_place().message(i);
        report_fields(&m, cohere_message_fields.view(), at, drops_);
        drops_.foreign(m.extra, cohere_chat::name, at);
        if (written || !m.extra.speaks(cohere_chat::name)) return;
        for (const extra_members::member& e : m.extra.members)
            if (!e.is_absent) drops_.hint(at.other(std::string(extra_members::wire_name(e.name))));
    }

    /// One text without members of its own is a string.
    LLMX_DECL void write_content(json_writer& w, const std::string& blocks, const std::string* only) {
        w.key("content");
        if (only != nullptr) w.value(*only);
        else w.array().raw(blocks).end_array();
    }

    LLMX_DECL void write_plain(std::size_t i) {
        const message& m = messages_[i];
        std::string blocks;
        const std::string* only = nullptr;
        std::size_t count = 0;
        bool results = false, documents = false;
        for (std::size_t p = 0; p < m.content.size(); ++p) {
            const content_part& part = m.content[p];
            const request_place at = place(i, p);
            if (std::holds_alternative<tool_result_part>(part) && (m.from == role::user || m.from == role::tool)) {
                results = true;
                continue;
            }
            if (const auto* const t = std::get_if<text_part>(&part); t != nullptr && m.from != role::tool) {
                // Only answers cite.
                if (!t->citations.empty()) drops_.hint(at.of<&text_part::citations>());
                json_writer w(element(blocks));
                write_text(w, *t, at);
                only = ++count == 1 && !t->extra.speaks(cohere_chat::name) ? &t->text : nullptr;
                continue;
            }
            only = nullptr;
            const auto* const file = std::get_if<file_part>(&part);
            if (const raw_json* const own = file != nullptr ? cohere_own(file->extra, "document") : nullptr) {
                documents = true;
                element(documents_) += own->text;
                continue;
            }
            std::string block;
            if (m.from == role::user ? write_media(part, at, block) : lose(part, at)) {
                ++count;
                element(blocks) += block;
            }
        }
        const bool none = blocks.empty() && (results || documents || m.from == role::tool || !m.content.empty());
        report_message(i, !none);
        if (none) return;
        json_writer w(element(out_));
        w.object().member("role", m.from == role::user ? "user" : m.from == role::tool ? "user" : "system");
        static const std::string empty;
        write_content(w, blocks, blocks.empty() ? &empty : only);
        w.extra(m.extra, cohere_chat::name).end_object();
    }

    /// Writes the parts of the assistant's messages from \p begin to \p end as one message.
    LLMX_DECL void write_assistant(std::size_t begin, std::size_t end) {
        bool called = false;
        for (std::size_t i = begin; i < end; ++i)
            for (const content_part& p : messages_[i].content) called = called || std::holds_alternative<tool_call_part>(p);
        std::string blocks, plan, calls, citations;
        const std::string* only = nullptr;
        std::size_t count = 0;
        for (std::size_t i = begin; i < end; ++i) {
            for (std::size_t p = 0; p < messages_[i].content.size(); ++p) {
                const content_part& part = messages_[i].content[p];
                const request_place at = place(i, p);
                if (const auto* const t = std::get_if<text_part>(&part)) {
                    cite(*t, called ? std::string_view("PLAN") : std::string_view(), count, at, citations);
                    if (called) {
                        report_text(*t, at);
                        plan += t->text;
                        if (t->extra.speaks(cohere_chat::name))
                            for (const extra_members::member& e : t->extra.members) drops_.hint(at.other(e.name));
                        continue;
                    }
                    json_writer w(element(blocks));
                    write_text(w, *t, at);
                    only = ++count == 1 && !t->extra.speaks(cohere_chat::name) ? &t->text : nullptr;
                } else if (const auto* const r = std::get_if<refusal_part>(&part)) {
                    if (called) {
                        plan += r->text;
                        continue;
                    }
                    json_writer(element(blocks)).object().member("type", "text").member("text", r->text).end_object();
                    only = ++count == 1 ? &r->text : nullptr;
                } else if (const auto* const c = std::get_if<tool_call_part>(&part)) {
                    write_call(*c, at, calls);
                } else if (const auto* const thought = std::get_if<thinking_part>(&part); thought != nullptr) {
                    if (write_thought(*thought, at, blocks)) ++count, only = nullptr;
                } else if (const auto* const o = std::get_if<opaque_part>(&part); o != nullptr && o->origin == cohere_chat::name) {
                    element(blocks) += o->value.text;
                    ++count;
                    only = nullptr;
                } else {
                    static_cast<void>(lose(part, at));
                }
            }
        }
        const bool none = blocks.empty() && plan.empty() && calls.empty();
        for (std::size_t i = begin; i < end; ++i) report_message(i, !none && i == begin);
        if (none) return;
        json_writer w(element(out_));
        w.object().member("role", "assistant");
        if (!blocks.empty()) write_content(w, blocks, only);
        if (!plan.empty()) w.member("tool_plan", plan);
        if (!calls.empty()) w.key("tool_calls").array().raw(calls).end_array();
        if (!citations.empty()) w.key("citations").array().raw(citations).end_array();
        w.extra(messages_[begin].extra, cohere_chat::name).end_object();
    }

    LLMX_DECL void report_text(const text_part& t, const request_place& at) {
        report_fields(&t, cohere_text_fields.view(), at, drops_);
        drops_.foreign(t.extra, cohere_chat::name, at);
    }

    LLMX_DECL void write_text(json_writer& w, const text_part& t, const request_place& at) {
        report_text(t, at);
        if (const raw_json* const document = cohere_own(t.extra, "document"))
            w.object().member("type", "document").raw_member("document", document->text).end_object();
        else w.object().member("type", "text").member("text", t.text).extra(t.extra, cohere_chat::name).end_object();
    }

    /// Citations of this language; others name sources that the API does not have.
    LLMX_DECL void cite(const text_part& t, std::string_view kind, std::size_t block, const request_place& at, std::string& list) {
        for (const citation& c : t.citations) {
            if (!c.original.speaks(cohere_chat::name)) {
                drops_.hint(at.of<&text_part::citations>());
                continue;
            }
            json_writer w(element(list));
            if (kind.empty() && c.original.find("content_index") != nullptr) {
                // Blocks may have moved.
                w.object();
                for (const extra_members::member& m : c.original.members)
                    if (m.name != "content_index") w.raw_member(extra_members::wire_name(m.name), m.value.text);
                w.member("content_index", block).end_object();
            } else {
                cohere_write_citation(w, c, t.text, block);
            }
        }
    }

    /// Whether the thought is written.
    LLMX_DECL bool write_thought(const thinking_part& t, const request_place& at, std::string& blocks) {
        drops_.foreign(t.extra, cohere_chat::name, at);
        if (!thinks_ || t.text.empty() || !t.redacted_data.empty()) {
            drops_.hint(at);
            return false;
        }
        json_writer w(element(blocks));
        w.object().member("type", "thinking");
        write_fields(w, &t, cohere_thinking_fields.view(), at, drops_);
        w.extra(t.extra, cohere_chat::name).end_object();
        return true;
    }

    LLMX_DECL void write_call(const tool_call_part& c, const request_place& at, std::string& calls) {
        report_fields(&c, cohere_tool_call_fields.view(), at, drops_);
        drops_.foreign(c.extra, cohere_chat::name, at);
        json_writer w(element(calls));
        w.object().member("id", ids_.of_call(c)).member("type", "function").key("function").object().member("name", c.name);
        w.member("arguments", c.arguments.empty() ? std::string_view("{}") : std::string_view(c.arguments)).end_object();
        w.extra(c.extra, cohere_chat::name).end_object();
        known_.insert(c.name);
    }

    LLMX_DECL void write_results(std::size_t i) {
        const message& m = messages_[i];
        if (m.from != role::user && m.from != role::tool) return;
        for (std::size_t p = 0; p < m.content.size(); ++p)
            if (const auto* const r = std::get_if<tool_result_part>(&m.content[p])) write_result(*r, place(i, p), m);
    }

    LLMX_DECL void write_result(const tool_result_part& r, const request_place& at, const message& m) {
        report_fields(&r, cohere_tool_result_fields.view(), at, drops_);
        drops_.foreign(r.extra, cohere_chat::name, at);
        if (!r.name.empty() && !known_.contains(r.name)) drops_.hint(at.of<&tool_result_part::name>());
        std::string blocks;
        const std::string* only = nullptr;
        std::size_t count = 0;
        for (std::size_t i = 0; i < r.content.size(); ++i) {
            const request_place inner = at.item(i);
            if (const auto* const t = std::get_if<text_part>(&r.content[i])) {
                if (!t->citations.empty()) drops_.hint(inner.of<&text_part::citations>());
                json_writer w(element(blocks));
                write_text(w, *t, inner);
                only = ++count == 1 && !t->extra.speaks(cohere_chat::name) ? &t->text : nullptr;
                continue;
            }
            std::string block;
            const auto* const image = std::get_if<image_part>(&r.content[i]);
            const bool is_text = image == nullptr && cohere_file_text(std::get<file_part>(r.content[i]).source).has_value();
            const bool written = image != nullptr ? write_image(*image, inner, block)
                                                  : write_file(std::get<file_part>(r.content[i]), inner, block);
            if (!written) continue;
            if (!is_text) {
                element(images_) += block;
                continue;
            }
            element(blocks) += block;
            ++count;
            only = nullptr;
        }
        json_writer w(element(out_));
        w.object().member("role", "tool").member("tool_call_id", ids_.of_result(r));
        static const std::string empty;
        write_content(w, blocks, blocks.empty() ? &empty : only);
        w.extra(r.extra, cohere_chat::name);
        if (m.from == role::tool) w.extra(m.extra, cohere_chat::name);
        w.end_object();
    }

    /// Writes the images of results, once no result follows up to the message \p next.
    LLMX_DECL void flush_images(std::size_t next) {
        if (images_.empty() || (next < messages_.size() && messages_[next].from == role::tool)) return;
        json_writer w(element(out_));
        w.object().member("role", "user").key("content").array().raw(images_).end_array().end_object();
        images_.clear();
    }

    /// Reports a part that has no form where it is; never written.
    LLMX_DECL bool lose(const content_part& part, const request_place& at) {
        const auto* const thought = std::get_if<thinking_part>(&part);
        if (thought != nullptr) drops_.hint(at);
        else drops_.lost(at);
        return false;
    }

    /// Appends the block of an image, a file or a part of this language; false when it has no form, which is reported.
    LLMX_DECL bool write_media(const content_part& part, const request_place& at, std::string& to) {
        if (const auto* const image = std::get_if<image_part>(&part)) return write_image(*image, at, to);
        if (const auto* const file = std::get_if<file_part>(&part)) return write_file(*file, at, to);
        if (const auto* const own = std::get_if<opaque_part>(&part); own != nullptr && own->origin == cohere_chat::name) {
            to += own->value.text;
            return true;
        }
        return lose(part, at);
    }

    LLMX_DECL bool write_image(const image_part& p, const request_place& at, std::string& to) {
        const std::optional<std::string> url = cohere_image_url(p.source);
        drops_.foreign(p.extra, cohere_chat::name, at);
        if (!url) {
            drops_.lost(at);
            return false;
        }
        report_fields(&p, cohere_image_fields.view(), at, drops_);
        const request_place source = at.of<&image_part::source>();
        if (!p.source.data.empty() && !p.source.url.empty()) drops_.hint(source.of<&media::url>());
        if (p.source.data.empty() && !p.source.media_type.empty()) drops_.hint(source.of<&media::media_type>());
        json_writer w(to);
        w.object().member("type", "image_url").key("image_url").object().member("url", *url);
        const bool takes_detail = p.detail == "low" || p.detail == "high" || p.detail == "auto";
        if (takes_detail) w.member("detail", p.detail);
        else if (!p.detail.empty()) drops_.hint(at.of<&image_part::detail>());
        w.end_object().extra(p.extra, cohere_chat::name).end_object();
        return true;
    }

    LLMX_DECL bool write_file(const file_part& p, const request_place& at, std::string& to) {
        const bool image = p.source.file_id.empty() && type_by_bytes(p.source.media_type, p.source.data).starts_with("image/");
        if (image && cohere_image_url(p.source)) {
            if (!p.filename.empty()) drops_.hint(at.of<&file_part::filename>());
            if (p.cache) drops_.hint(at.of<&file_part::cache>());
            drops_.foreign(p.extra, cohere_chat::name, at);
            return write_image(image_part(p.source), at, to);
        }
        const std::optional<std::string> text = p.source.file_id.empty() ? cohere_file_text(p.source) : std::nullopt;
        drops_.foreign(p.extra, cohere_chat::name, at);
        if (!text) {
            drops_.lost(at);
            return false;
        }
        report_fields(&p, cohere_file_fields.view(), at, drops_);
        const request_place source = at.of<&file_part::source>();
        if (!p.source.data.empty() && !p.source.url.empty()) drops_.hint(source.of<&media::url>());
        if (!p.source.media_type.empty() && p.source.media_type != "text/plain") drops_.hint(source.of<&media::media_type>());
        json_writer(to).object().member("type", "text").member("text", *text).end_object();
        return true;
    }

    const std::vector<message>& messages_;
    drop_report& drops_;
    bool thinks_;
    std::string out_, documents_, images_;
    std::set<std::string_view> known_; // names of functions that were called
    call_ids ids_{cohere_call_id_rule};
};

} // namespace llmx::inline LLMX_ABI::detail
