// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/file_id.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline v0 {
namespace detail {

[[nodiscard]] LLMX_DECL bool anthropic_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// Reports every member of \p extra that this dialect cannot say.
LLMX_DECL void anthropic_report_extra(const extra_members& extra, const std::string& path, drop_report& drops) {
    if (extra.speaks(anthropic_messages::name)) return;
    for (const auto& m : extra.members) drops.foreign(path.empty() ? m.name : path + "." + m.name);
}

/// The ids of tool calls, as the API takes them: ^[a-zA-Z0-9_-]+$.
///
/// Dialects without ids leave them empty; calls then are numbered, and results take the
/// oldest unanswered call of their name.
class anthropic_call_ids {
public:
    [[nodiscard]] std::string of_call(const tool_call_part& c) {
        if (!c.id.empty()) return clean(c.id);
        std::string id = "toolu_" + std::to_string(++made_);
        waiting_[c.name].push_back(order_.size());
        order_.push_back(id);
        return id;
    }
    [[nodiscard]] std::string of_result(const tool_result_part& r) {
        if (!r.call_id.empty()) return clean(r.call_id);
        std::string id;
        if (r.name.empty()) {
            while (oldest_ < order_.size() && order_[oldest_].empty()) ++oldest_;
            if (oldest_ < order_.size()) id = std::exchange(order_[oldest_], std::string());
        } else if (const auto of = waiting_.find(r.name); of != waiting_.end()) {
            auto& [calls, first] = of->second;
            while (first < calls.size() && order_[calls[first]].empty()) ++first;
            if (first < calls.size()) id = std::exchange(order_[calls[first]], std::string());
        }
        return !id.empty() ? id : "toolu_" + std::to_string(++made_);
    }
    /// Other characters become '_'; a hash keeps ids apart that then would be the same.
    [[nodiscard]] static std::string clean(std::string_view id) {
        const auto allowed = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        };
        std::string out(id);
        if (std::all_of(out.begin(), out.end(), allowed)) return out;
        std::replace_if(out.begin(), out.end(), [&](char c) { return !allowed(c); }, '_');
        std::uint32_t hash = 2166136261u; // FNV-1a
        for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
        out += '_';
        for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[(hash >> shift) & 15u];
        return out;
    }

private:
    /// Calls of one name, by their place in `order_`; those before `first` have their results.
    struct queue {
        std::vector<std::size_t> calls;
        std::size_t first = 0;
        void push_back(std::size_t call) { calls.push_back(call); }
    };
    /// The ids that were made up, oldest first; empty once a result has taken it.
    std::vector<std::string> order_;
    std::size_t oldest_ = 0; // nothing waits before
    // Ordered: a caller can choose names that have one hash.
    std::map<std::string, queue, std::less<>> waiting_;
    std::uint32_t made_ = 0;
};

/// Writes the conversation as turns that alternate, and the system prompt apart.
class anthropic_turn_writer {
public:
    anthropic_turn_writer(const chat_request& request, drop_report& drops) : request_(request), drops_(drops) {}

    /// Reads all messages; afterwards `turns` and `system` have their JSON.
    result<void> run() {
        for (message_ = 0; message_ < request_.messages.size(); ++message_) {
            const message& m = request_.messages[message_];
            if (!m.name.empty()) drops_.hint(message_path() + ".name");
            anthropic_report_extra(m.extra, message_path(), drops_);
            if (m.from == role::system || m.from == role::developer) {
                add_system(m);
                continue;
            }
            const bool assistant = m.from == role::assistant;
            for (part_ = 0; part_ < m.content.size(); ++part_)
                if (auto r = add(m.content[part_], assistant); r.has_error()) return r;
            if (m.extra.speaks(anthropic_messages::name))
                for (const auto& e : m.extra.members) turn_extra_.push_back(&e);
        }
        end_turn();
        if (turns_.empty())
            return anthropic_bad_member("messages", "a user or assistant message with content is required");
        return success();
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
    [[nodiscard]] std::string message_path() const { return "messages[" + std::to_string(message_) + "]"; }
    [[nodiscard]] std::string part_path() const {
        return message_path() + ".content[" + std::to_string(part_) + "]";
    }

    void add_system(const message& m) {
        for (part_ = 0; part_ < m.content.size(); ++part_) {
            const content_part& p = m.content[part_];
            if (const auto* t = std::get_if<text_part>(&p)) {
                if (anthropic_blank(t->text)) continue;
                system_rich_ = system_rich_ || system_text_ != nullptr || t->cache || !t->citations.empty() ||
                               t->extra.speaks(anthropic_messages::name);
                system_text_ = &t->text;
                json_writer w(element(system_));
                write_text(w, *t, t->text, part_path());
            } else {
                drops_.lost(part_path());
            }
        }
    }

    static std::string& element(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    /// Where the next block goes. The API wants a user turn's tool results before all else.
    std::string& block(bool assistant, bool is_result = false) {
        if (!in_turn_ || assistant != assistant_) end_turn();
        in_turn_ = true;
        assistant_ = assistant;
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

    /// Whether the current part ends a conversation that the assistant is to go on with.
    [[nodiscard]] bool is_prefill() const noexcept {
        if (part_ + 1 != request_.messages[message_].content.size()) return false;
        for (std::size_t i = message_ + 1; i < request_.messages.size(); ++i)
            if (const role r = request_.messages[i].from; r != role::system && r != role::developer) return false;
        return true;
    }

    result<void> add(const content_part& p, bool assistant) {
        if (const auto* t = std::get_if<text_part>(&p)) {
            add_text(*t, assistant);
        } else if (const auto* refusal = std::get_if<refusal_part>(&p)) {
            if (!anthropic_blank(refusal->text)) add_text(text_part(refusal->text), assistant);
        } else if (const auto* image = std::get_if<image_part>(&p)) {
            add_media(*image, assistant);
        } else if (const auto* file = std::get_if<file_part>(&p)) {
            add_media(*file, assistant);
        } else if (const auto* thinking = std::get_if<thinking_part>(&p)) {
            add_thinking(*thinking, assistant);
        } else if (const auto* call = std::get_if<tool_call_part>(&p)) {
            return add_call(*call);
        } else if (const auto* answer = std::get_if<tool_result_part>(&p)) {
            add_result(*answer);
        } else if (const auto* own = std::get_if<opaque_part>(&p); own && own->origin == anthropic_messages::name) {
            block(assistant) += own->value.text;
        } else {
            drops_.lost(part_path()); // audio, and what another dialect alone can say
        }
        return success();
    }

    void add_text(const text_part& t, bool assistant) {
        std::string_view text = t.text;
        // The API refuses to go on from white space.
        if (assistant && is_prefill()) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
        if (!t.signature.empty()) drops_.hint(part_path() + ".signature");
        if (anthropic_blank(text)) return;
        json_writer w(block(assistant));
        write_text(w, t, text, part_path());
    }

    void write_text(json_writer& w, const text_part& t, std::string_view text, const std::string& path) {
        w.object().member("type", "text").member("text", text);
        bool any = false;
        for (const auto& c : t.citations) {
            // A web citation without its proof was made by a façade; the API refuses it.
            const auto* proof = c.original.find("encrypted_index");
            if (!c.original.speaks(anthropic_messages::name) || (proof != nullptr && proof->text == "\"\"")) {
                drops_.hint(path + ".citations");
                continue;
            }
            if (!any) w.key("citations").array();
            any = true;
            anthropic_write_citation(w, c);
        }
        if (any) w.end_array();
        anthropic_write_cache(w, t.cache);
        anthropic_report_extra(t.extra, path, drops_);
        w.extra(t.extra, anthropic_messages::name).end_object();
    }

    void add_thinking(const thinking_part& t, bool assistant) {
        if (!assistant || (!t.signed_for(anthropic_messages::name) && t.redacted_data.empty())) {
            drops_.hint(part_path()); // the API takes back only what it signed
            return;
        }
        anthropic_report_extra(t.extra, part_path(), drops_);
        json_writer w(block(true));
        w.object();
        if (!t.redacted_data.empty()) w.member("type", "redacted_thinking").member("data", t.redacted_data);
        else w.member("type", "thinking").member("thinking", t.text).member("signature", t.signature);
        w.extra(t.extra, anthropic_messages::name).end_object();
    }

    result<void> add_call(const tool_call_part& c) {
        boost::json::monotonic_resource memory;
        const std::string_view arguments = anthropic_blank(c.arguments) ? std::string_view("{}") : c.arguments;
        if (parse_json_object(arguments, &memory).has_error())
            return anthropic_bad_member(part_path() + ".arguments",
                                        "the arguments of the tool call \"" + c.id + "\" are not a JSON object");
        if (!c.signature.empty()) drops_.hint(part_path() + ".signature");
        anthropic_report_extra(c.extra, part_path(), drops_);
        json_writer w(block(true));
        w.object().member("type", "tool_use").member("id", ids_.of_call(c)).member("name", c.name);
        w.raw_member("input", arguments);
        anthropic_write_cache(w, c.cache);
        w.extra(c.extra, anthropic_messages::name).end_object();
        if (known_.insert(c.name).second) called_.push_back(c.name);
        return success();
    }

    void add_result(const tool_result_part& r) {
        const std::string path = part_path();
        anthropic_report_extra(r.extra, path, drops_);
        json_writer w(block(false, true));
        w.object().member("type", "tool_result").member("tool_use_id", ids_.of_result(r));
        const bool own = r.extra.speaks(anthropic_messages::name);
        const auto* only = r.content.size() == 1 ? std::get_if<text_part>(&r.content.front()) : nullptr;
        if (only != nullptr && !only->cache && only->citations.empty() && only->extra.empty()) {
            if (!(own && r.extra.find("content")) && !anthropic_blank(only->text)) w.member("content", only->text);
        } else if (!(own && r.extra.find("content"))) {
            std::string list;
            for (std::size_t i = 0; i < r.content.size(); ++i)
                write_result_part(r.content[i], list, path + ".content[" + std::to_string(i) + "]");
            if (!list.empty()) w.raw_member("content", "[" + list + "]");
        }
        if (r.is_error) w.member("is_error", true);
        anthropic_write_cache(w, r.cache);
        w.extra(r.extra, anthropic_messages::name).end_object();
    }

    void write_result_part(const std::variant<text_part, image_part, file_part>& p, std::string& list,
                           const std::string& path) {
        if (const auto* t = std::get_if<text_part>(&p)) {
            if (anthropic_blank(t->text)) return;
            json_writer w(element(list));
            write_text(w, *t, t->text, path);
            return;
        }
        std::string json;
        const bool said = std::holds_alternative<image_part>(p) ? write_media(std::get<image_part>(p), json, path)
                                                                : write_media(std::get<file_part>(p), json, path);
        if (said) element(list) += json;
    }

    template <class Part> void add_media(const Part& p, bool assistant) {
        std::string json;
        if (assistant) drops_.lost(part_path()); // the API takes media from users alone
        else if (write_media(p, json, part_path())) block(false) += json;
    }

    bool write_media(const image_part& p, std::string& to, const std::string& path) {
        std::string source;
        json_writer w(source);
        if (!write_source(w, p.source, true)) {
            drops_.lost(path);
            return false;
        }
        if (!p.detail.empty() && p.detail != "auto") drops_.hint(path + ".detail");
        anthropic_report_extra(p.extra, path, drops_);
        json_writer block_w(to);
        block_w.object().member("type", "image").raw_member("source", source);
        anthropic_write_cache(block_w, p.cache);
        block_w.extra(p.extra, anthropic_messages::name).end_object();
        return true;
    }

    bool write_media(const file_part& p, std::string& to, const std::string& path) {
        std::string source;
        json_writer w(source);
        const bool whole = p.extra.speaks(anthropic_messages::name) && p.extra.find("source") != nullptr;
        if (!whole && !write_source(w, p.source, false)) {
            drops_.lost(path);
            return false;
        }
        anthropic_report_extra(p.extra, path, drops_);
        json_writer block_w(to);
        block_w.object().member("type", "document");
        if (!whole) block_w.raw_member("source", source);
        if (!p.filename.empty()) block_w.member("title", p.filename);
        anthropic_write_cache(block_w, p.cache);
        block_w.extra(p.extra, anthropic_messages::name).end_object();
        return true;
    }

    /// Images: PNG, JPEG, GIF and WebP. Documents: PDF, and text in any spelling.
    static bool write_source(json_writer& w, const media& m, bool image) {
        if (!m.file_id.empty()) {
            if (!may_know_file(anthropic_messages::name, m.file_id)) return false;
            w.object().member("type", "file").member("file_id", m.file_id).end_object();
            return true;
        }
        std::string_view type = m.media_type;
        std::string_view data = m.data;
        if (data.empty() && is_data_url(m.url)) {
            const auto inlined = parse_data_url(m.url);
            if (inlined.has_error() || !inlined->base64) return false;
            type = inlined->media_type;
            data = inlined->payload;
        }
        if (!data.empty()) {
            if (type.empty() || type == "application/octet-stream") type = type_of_base64(data);
            if (type == "image/jpg") type = "image/jpeg";
            if (!image && type.starts_with("text/")) return write_plain(w, data);
            const bool fits = image ? type == "image/png" || type == "image/jpeg" || type == "image/gif" ||
                                          type == "image/webp"
                                    : type == "application/pdf";
            if (!fits) return false;
            w.object().member("type", "base64").member("media_type", type).member("data", data).end_object();
            return true;
        }
        if (!m.url.starts_with("https://") && !m.url.starts_with("http://")) return false;
        if (!may_know_file(anthropic_messages::name, m.url)) return false;
        if (!image && !type.empty() && type != "application/pdf") return false;
        w.object().member("type", "url").member("url", m.url).end_object();
        return true;
    }

    static bool write_plain(json_writer& w, std::string_view base64) {
        const auto text = base64_decode(base64);
        if (text.has_error() || !valid_utf8(*text)) return false;
        w.object().member("type", "text").member("media_type", "text/plain").member("data", *text).end_object();
        return true;
    }

    const chat_request& request_;
    drop_report& drops_;
    anthropic_call_ids ids_;
    std::string turns_, results_, blocks_, system_;
    const std::string* system_text_ = nullptr;
    std::vector<const extra_members::member*> turn_extra_;
    std::vector<std::string_view> called_;
    std::set<std::string_view> known_; // the same, ordered
    std::size_t message_ = 0, part_ = 0;
    bool in_turn_ = false, assistant_ = false, system_rich_ = false;
};

} // namespace detail
} // namespace llmx::inline v0
