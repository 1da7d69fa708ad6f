// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/detail/messages_fields.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool messages_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// Reports members of this language that are where none can be written.
LLMX_DECL void messages_report_own(const extra_members& extra, const request_place& at, drop_report& drops) {
    if (!extra.speaks(anthropic_messages::name)) return;
    for (const extra_members::member& m : extra.members) {
        if (m.is_absent) continue;
        if (m.hint) drops.hint(at.other(std::string(extra_members::wire_name(m.name))));
        else drops.lost(at.other(std::string(extra_members::wire_name(m.name))));
    }
}

/// Whether the API accepts a media's source.
struct messages_source {
    enum class form : std::uint8_t { none, file, base64, text, url };
    form how = form::none;
    /// Of base64.
    std::string_view type, data;
    /// Of text.
    std::string text;
    /// The data was in the URL.
    bool inlined = false;
};

/// Whether the path of \p url ends with \p ending, which has small letters.
LLMX_DECL [[nodiscard]] bool messages_links(std::string_view url, std::string_view ending) noexcept {
    url = url.substr(0, url.find_first_of("?#"));
    if (url.size() < ending.size()) return false;
    url.remove_prefix(url.size() - ending.size());
    return std::equal(url.begin(), url.end(), ending.begin(), [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
}

/// Whether \p m is an image: what the bytes are, whatever a client names them; \p declared where they do not show it, nor the name
/// of a link without a type.
LLMX_DECL [[nodiscard]] bool messages_is_image(const media& m, bool declared) noexcept {
    std::string_view type = m.media_type, data = m.data;
    if (data.empty() && is_data_url(m.url)) {
        if (const auto url = parse_data_url(m.url); url && url->base64) {
            type = url->media_type;
            data = url->payload;
        }
    }
    if (!data.empty()) type = type_by_bytes(type, data);
    if (type.starts_with("image/")) return true;
    if (data.empty() && type.empty()) {
        if (messages_links(m.url, ".pdf")) return false;
        for (const std::string_view ending : {".png", ".jpg", ".jpeg", ".gif", ".webp"})
            if (messages_links(m.url, ending)) return true;
    }
    return type != "application/pdf" && declared;
}

/// Images: PNG, JPEG, GIF and WebP. Documents: PDF, and text of any type.
LLMX_DECL [[nodiscard]] messages_source messages_plan_source(const media& m, bool image) {
    using form = messages_source::form;
    messages_source to;
    if (!m.file_id.empty()) {
        if (may_know_file(anthropic_messages::name, m.file_id)) to.how = form::file;
        return to;
    }
    to.type = m.media_type;
    to.data = m.data;
    if (to.data.empty() && is_data_url(m.url)) {
        const auto url = parse_data_url(m.url);
        if (!url || !url->base64) return to;
        to.type = url->media_type;
        to.data = url->payload;
        to.inlined = true;
    }
    if (to.data.empty()) {
        const bool fits = image || to.type.empty() || to.type == "application/pdf";
        const bool web = m.url.starts_with("https://") || m.url.starts_with("http://");
        if (fits && web && may_know_file(anthropic_messages::name, m.url)) to.how = form::url;
        return to;
    }
    to.type = type_by_bytes(to.type, to.data);
    if (to.type == "image/jpg") to.type = "image/jpeg";
    if (!image && to.type.starts_with("text/")) {
        auto text = base64_decode(to.data);
        if (!text || !valid_utf8(*text)) return to;
        to.text = std::move(*text);
        to.how = form::text;
    } else if (image ? to.type == "image/png" || to.type == "image/jpeg" || to.type == "image/gif" || to.type == "image/webp"
                     : to.type == "application/pdf") {
        to.how = form::base64;
    }
    return to;
}

/// Reports members that the source \p as of \p m at \p at lacks: the answer means the same, as the content is
/// there.
LLMX_DECL void messages_report_source(const media& m, const messages_source& as, bool image, const request_place& at,
                                      drop_report& drops) {
    using form = messages_source::form;
    const std::string_view type = m.media_type;
    bool typed = type.empty();
    switch (as.how) {
    case form::base64:
        typed = typed || type == as.type || type == "image/jpg" || type == "application/octet-stream";
        break;
    case form::text: typed = typed || type == "text/plain"; break;
    case form::url: typed = typed || !image; break; // a document from a URL is a PDF
    case form::file:
    case form::none: break;
    }
    if (!typed) drops.hint(at.of<&media::media_type>());
    if (as.how == form::file && !m.data.empty()) drops.hint(at.of<&media::data>());
    if (as.how != form::url && !as.inlined && !m.url.empty()) drops.hint(at.of<&media::url>());
}

LLMX_DECL void messages_write_source(json_writer& w, const media& m, const messages_source& as) {
    using form = messages_source::form;
    w.key("source").object();
    switch (as.how) {
    case form::file: w.member("type", "file").member("file_id", m.file_id); break;
    case form::base64: w.member("type", "base64").member("media_type", as.type).member("data", as.data); break;
    case form::text: w.member("type", "text").member("media_type", "text/plain").member("data", as.text); break;
    case form::url: w.member("type", "url").member("url", m.url); break;
    case form::none: break;
    }
    w.end_object();
}

/// ^[a-zA-Z0-9_-]{1,64}$, and no two calls of a conversation have the same.
inline constexpr call_id_rule messages_call_id_rule(64, true, "_-", "toolu_");

/// Writes the conversation as turns that alternate, and the system prompt apart.
class messages_turn_writer {
public:
    messages_turn_writer(const chat_request& request, const model_traits& traits, drop_report& drops)
        : request_(request), traits_(traits), drops_(drops) {}

    /// Reads all messages; afterwards `turns` and `write_system` have their JSON.
    LLMX_DECL result<void> run() {
        for (message_ = 0; message_ < request_.messages.size() && !failure_; ++message_) add(request_.messages[message_]);
        const bool begun = in_turn_ && assistant_ && ends_in_text_;
        end_turn();
        if (failure_) return *failure_;
        if (begun && !traits_.prefill) {
            // The model refuses to go on from a text of its own unless a user asks for it.
            drops_.hint(request_place().message(request_.messages.size() - 1));
            json_writer(element(turns_)).object().member("role", "user").member("content", "Continue.").end_object();
        }
        if (turns_.empty() && !system_.empty() && drops_.first_lost() == nullptr) {
            // The API demands a user's message.
            drops_.hint(request_place().message(0).of<&message::from>());
            json_writer w(element(turns_));
            w.object().member("role", "user").key("content").array().raw(system_).end_array().end_object();
            system_.clear();
        }
        if (!turns_.empty()) return success();
        return drops_.refuse_empty(request_place().of<&chat_request::messages>(),
                             "a user or assistant message with content is required");
    }

    /// Elements of the `messages` array.
    [[nodiscard]] const std::string& turns() const noexcept { return turns_; }
    void write_system(json_writer& w) const {
        if (system_.empty()) return;
        if (system_text_ != nullptr && !system_rich_) w.member("system", *system_text_);
        else w.raw_member("system", "[" + system_ + "]");
    }
    /// Names of functions called in the history.
    [[nodiscard]] const std::vector<std::string_view>& called() const noexcept { return called_; }

private:
    [[nodiscard]] request_place message_place() const { return request_place().message(message_); }
    [[nodiscard]] request_place place() const { return message_place().part(part_); }

    LLMX_DECL void add(const message& m) {
        report_fields(&m, messages_message_fields.view(), message_place(), drops_);
        drops_.foreign(m.extra, anthropic_messages::name, message_place());
        if (m.from == role::system || m.from == role::developer) return add_system(m);
        const bool assistant = m.from == role::assistant;
        const std::size_t before = blocks_written_;
        for (part_ = 0; part_ < m.content.size() && !failure_; ++part_)
            std::visit([this, assistant](const auto& part) { this->add(part, assistant); }, m.content[part_]);
        // They belong to a turn that this message is in.
        if (blocks_written_ == before) return messages_report_own(m.extra, message_place(), drops_);
        if (m.extra.speaks(anthropic_messages::name))
            for (const auto& e : m.extra.members) turn_extra_.push_back(&e);
    }

    LLMX_DECL void add_system(const message& m) {
        messages_report_own(m.extra, message_place(), drops_); // the prompt has no members
        for (part_ = 0; part_ < m.content.size(); ++part_) {
            const auto* const t = std::get_if<text_part>(&m.content[part_]);
            if (t == nullptr) {
                drops_.lost(place());
                continue;
            }
            if (is_left_out(*t, t->text)) continue;
            system_rich_ = system_rich_ || system_text_ != nullptr || t->cache || !t->citations.empty() ||
                           t->extra.speaks(anthropic_messages::name);
            system_text_ = &t->text;
            json_writer w(element(system_));
            write_text(w, *t, t->text, place());
        }
    }

    static std::string& element(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    /// Where the next block goes. The API requires a user turn's tool results to come first.
    std::string& block(bool assistant, bool is_result = false) {
        if (!in_turn_ || assistant != assistant_) end_turn();
        in_turn_ = true;
        assistant_ = assistant;
        ends_in_text_ = false;
        ++blocks_written_;
        return element(is_result ? results_ : blocks_);
    }

    void end_turn() {
        if (in_turn_) {
            json_writer w(element(turns_));
            w.object().member("role", assistant_ ? "assistant" : "user").key("content").array();
            if (!results_.empty()) w.raw(results_);
            if (!blocks_.empty()) w.raw(blocks_);
            w.end_array();
            for (const auto* e : turn_extra_) w.raw_member(e->name, e->value.text);
            w.end_object();
        }
        turn_extra_.clear();
        results_.clear();
        blocks_.clear();
        in_turn_ = false;
    }

    /// Whether the current part ends a conversation that the assistant is to continue.
    [[nodiscard]] bool is_prefill() const noexcept {
        if (part_ + 1 != request_.messages[message_].content.size()) return false;
        for (std::size_t i = message_ + 1; i < request_.messages.size(); ++i)
            if (const role r = request_.messages[i].from; r != role::system && r != role::developer) return false;
        return true;
    }

    /// Whether \p text, the part's or the rest of it, is one that the API refuses: white space. Members
    /// beside it are reported.
    LLMX_DECL bool is_left_out(const text_part& t, std::string_view text) {
        if (!messages_blank(text)) return false;
        if (t != text_part()) drops_.hint(place());
        return true;
    }

    LLMX_DECL void add(const text_part& t, bool assistant) {
        // The text of a block that only this API has.
        if (const raw_json* const whole = messages_own(t.extra, "type")) {
            block(assistant) += whole->text;
            return;
        }
        std::string_view text = t.text;
        // The API refuses to continue from white space.
        if (assistant && is_prefill()) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
        if (is_left_out(t, text)) return;
        json_writer w(block(assistant));
        ends_in_text_ = true;
        write_text(w, t, text, place());
    }

    LLMX_DECL void add(const refusal_part& r, bool assistant) { add(text_part(r.text), assistant); }

    LLMX_DECL void write_text(json_writer& w, const text_part& t, std::string_view text, const request_place& at) {
        w.object().member("type", "text").member("text", text);
        report_fields(&t, messages_text_fields.view(), at, drops_);
        write_citations(w, t, at.of<&text_part::citations>());
        messages_write_cache(w, t.cache, t.extra);
        write_extra(w, t.extra, at);
        w.end_object();
    }

    LLMX_DECL void write_citations(json_writer& w, const text_part& t, const request_place& at) {
        bool any = false;
        for (const citation& c : t.citations) {
            // A web citation without its proof was made by a façade; the API refuses it.
            const raw_json* const proof = c.original.find("encrypted_index");
            if (!c.original.speaks(anthropic_messages::name) || (proof != nullptr && proof->text == "\"\"")) {
                drops_.hint(at);
                continue;
            }
            report_fields(&c, messages_citation_fields.view(), at, drops_);
            if (!any) w.key("citations").array();
            any = true;
            messages_write_citation(w, c);
        }
        if (any) w.end_array();
    }

    /// Writes the members that only this language has, reports those that only another has.
    LLMX_DECL void write_extra(json_writer& w, const extra_members& extra, const request_place& at) {
        drops_.foreign(extra, anthropic_messages::name, at);
        w.extra(extra, anthropic_messages::name);
    }

    void add(const thinking_part& t, bool assistant) {
        const bool redacted = !t.redacted_data.empty();
        const bool own = redacted ? t.signer.empty() || t.signer == anthropic_messages::name : t.signed_for(anthropic_messages::name);
        if (!assistant || !takes_thoughts(traits_) || !own) {
            drops_.hint(place()); // the API accepts only thinking that it signed, of models that think
            return;
        }
        json_writer w(block(true));
        w.object();
        if (redacted) {
            if (!t.text.empty()) drops_.hint(place().of<&thinking_part::text>());
            if (!t.signature.empty()) drops_.hint(place().of<&thinking_part::signature>());
            w.member("type", "redacted_thinking").member("data", t.redacted_data);
        } else {
            w.member("type", "thinking").member("thinking", t.text).member("signature", t.signature);
        }
        write_extra(w, t.extra, place());
        w.end_object();
    }

    LLMX_DECL void add(const tool_call_part& c, bool) {
        json_writer w(block(true));
        w.object().member("type", "tool_use").member("id", ids_.of_call(c));
        write_fields(w, &c, messages_tool_call_fields.view(), place(), drops_);
        std::string space;
        w.raw_member("input", call_arguments_object(c.arguments, space));
        messages_write_cache(w, c.cache, c.extra);
        write_extra(w, c.extra, place());
        w.end_object();
        if (known_.insert(c.name).second) called_.push_back(c.name);
    }

    LLMX_DECL void add(const tool_result_part& r, bool) {
        // Only the call that it answers has the name.
        if (!r.name.empty() && known_.count(r.name) == 0) drops_.hint(place().of<&tool_result_part::name>());
        json_writer w(block(false, true));
        w.object().member("type", "tool_result").member("tool_use_id", ids_.of_result(r));
        if (messages_own(r.extra, "content") == nullptr) write_result_content(w, r);
        write_fields(w, &r, messages_tool_result_fields.view(), place(), drops_);
        messages_write_cache(w, r.cache, r.extra);
        write_extra(w, r.extra, place());
        w.end_object();
    }

    LLMX_DECL void write_result_content(json_writer& w, const tool_result_part& r) {
        const auto* const only = r.content.size() == 1 ? std::get_if<text_part>(&r.content.front()) : nullptr;
        if (only != nullptr && !only->cache && only->citations.empty() && only->extra.empty() && !messages_blank(only->text)) {
            report_fields(only, messages_text_fields.view(), place().item(0), drops_);
            w.member("content", only->text);
            return;
        }
        std::string list;
        for (std::size_t i = 0; i < r.content.size(); ++i) {
            const request_place at = place().item(i);
            if (const auto* const t = std::get_if<text_part>(&r.content[i])) {
                if (!messages_blank(t->text)) {
                    json_writer in(element(list));
                    write_text(in, *t, t->text, at);
                } else if (*t != text_part()) {
                    drops_.hint(at);
                }
                continue;
            }
            std::string json;
            const auto* const image = std::get_if<image_part>(&r.content[i]);
            if (image != nullptr ? write_media(*image, json, at) : write_media(std::get<file_part>(r.content[i]), json, at))
                element(list) += json;
        }
        if (!list.empty()) w.raw_member("content", "[" + list + "]");
    }

    LLMX_DECL void add(const image_part& p, bool assistant) { add_media(p, assistant); }
    LLMX_DECL void add(const file_part& p, bool assistant) { add_media(p, assistant); }
    void add(const audio_part&, bool) { drops_.lost(place()); }
    void add(const opaque_part& p, bool assistant) {
        if (p.origin == anthropic_messages::name) block(assistant) += p.value.text;
        else drops_.lost(place());
    }

    template <class Part> void add_media(const Part& p, bool assistant) {
        std::string json;
        if (assistant) drops_.lost(place()); // the API takes media from users alone
        else if (write_media(p, json, place())) block(false) += json;
    }

    LLMX_DECL bool write_media(const image_part& p, std::string& to, const request_place& at) {
        if (!p.detail.empty() && p.detail != "auto") drops_.hint(at.of<&image_part::detail>());
        return write_media(p, to, at, at.of<&image_part::source>());
    }
    LLMX_DECL bool write_media(const file_part& p, std::string& to, const request_place& at) {
        return write_media(p, to, at, at.of<&file_part::source>());
    }

    /// Appends the block; false when the API takes no such source, which then is reported.
    template <class Part>
    bool write_media(const Part& p, std::string& to, const request_place& at, const request_place& source_place) {
        constexpr bool is_file = std::is_same_v<Part, file_part>;
        const bool image = messages_is_image(p.source, !is_file);
        const bool whole = messages_own(p.extra, "source") != nullptr;
        const messages_source source = whole ? messages_source() : messages_plan_source(p.source, image);
        if (!whole && source.how == messages_source::form::none) {
            drops_.lost(at);
            return false;
        }
        json_writer w(to);
        w.object().member("type", image ? "image" : "document");
        if (!whole) {
            messages_report_source(p.source, source, image, source_place, drops_);
            messages_write_source(w, p.source, source);
        }
        if constexpr (is_file) {
            if (!image) write_fields(w, &p, messages_file_fields.view(), at, drops_);
            else if (!p.filename.empty()) drops_.hint(at.of<&file_part::filename>());
        }
        messages_write_cache(w, p.cache, p.extra);
        write_extra(w, p.extra, at);
        w.end_object();
        return true;
    }

    const chat_request& request_;
    const model_traits& traits_;
    drop_report& drops_;
    call_ids ids_{messages_call_id_rule};
    std::optional<error> failure_;
    std::string turns_, results_, blocks_, system_;
    const std::string* system_text_ = nullptr;
    std::vector<const extra_members::member*> turn_extra_;
    std::vector<std::string_view> called_;
    std::set<std::string_view> known_; // the same, ordered
    std::size_t message_ = 0, part_ = 0, blocks_written_ = 0;
    bool in_turn_ = false, assistant_ = false, ends_in_text_ = false, system_rich_ = false;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
