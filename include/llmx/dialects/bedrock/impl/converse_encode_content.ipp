// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/detail/media_formats.hpp>
#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/bedrock/impl/media_formats.ipp>
#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] bool bedrock_blank(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

/// Reports the members of \p extra that cannot be at \p at; \p kept: this codec's own can.
LLMX_DECL void bedrock_report_extra(const extra_members& extra, const request_place& at, bool kept, drop_report& drops) {
    if (!extra.speaks(bedrock_converse::name)) return drops.foreign(extra, bedrock_converse::name, at);
    if (kept) return;
    for (const extra_members::member& m : extra.members)
        if (m.is_absent) {
            continue;
        } else if (m.hint) {
            drops.hint(at.other(std::string(extra_members::wire_name(m.name))));
        } else {
            drops.lost(at.other(std::string(extra_members::wire_name(m.name))));
        }
}

/// The member of a block of the API's own that \p t is the text of; null for a plain text.
LLMX_DECL [[nodiscard]] const extra_members::member* bedrock_block_of(const text_part& t) noexcept {
    if (!t.extra.speaks(bedrock_converse::name) || t.extra.members.size() != 1) return nullptr;
    const extra_members::member& m = t.extra.members.front();
    return m.name == "json" || m.name == "searchResult" || m.name == "guardContent" ? &m : nullptr;
}

/// 1 to 64 of [a-zA-Z0-9_.:-], and no two calls of a conversation have the same.
inline constexpr call_id_rule bedrock_call_id_rule(64, true, "_.:-", "llmx-");

/// Writes the conversation as turns that alternate, and the system prompt apart.
class bedrock_turn_writer {
public:
    bedrock_turn_writer(const chat_request& request, const bedrock_vendor& vendor, const model_traits& traits, drop_report& drops)
        : request_(request), drops_(drops), thinks_(takes_thoughts(traits)),
          caches_(vendor.caches && (!traits.known || traits.prompt_caching)), prefill_(traits.prefill) {}

    /// Reads all messages; afterwards `turns` and `system` have their JSON.
    LLMX_DECL result<void> run() {
        for (message_ = 0; message_ < request_.messages.size(); ++message_) {
            const message& m = request_.messages[message_];
            const request_place at = request_place().message(message_);
            report_fields(&m, bedrock_message_fields.view(), at, drops_);
            const bool system = m.from == role::system || m.from == role::developer;
            // The API has three roles; results of tools are a user's.
            const bool plain_tool = m.from == role::tool && std::none_of(m.content.begin(), m.content.end(), [](const content_part& p) {
                return std::holds_alternative<tool_result_part>(p);
            });
            if (m.from == role::developer || plain_tool) drops_.hint(at.of<&message::from>());
            bedrock_report_extra(m.extra, at, !system && !m.content.empty(), drops_);
            for (part_ = 0; part_ < m.content.size(); ++part_) {
                const result<void> added = system ? add_system(m.content[part_]) : add(m.content[part_], m.from == role::assistant);
                if (!added) return added;
            }
            if (!system && !m.content.empty() && m.extra.speaks(bedrock_converse::name))
                for (const auto& e : m.extra.members) turn_extra_.push_back(&e);
        }
        // A breakpoint of the whole request is one after its last block.
        if (in_turn_) add_cache<&chat_request::cache>(request_.cache, request_place(), blocks_.empty() ? results_ : blocks_);
        const bool begun = in_turn_ && assistant_ && has_text_;
        if (const result<void> ended = end_turn(); !ended) return ended;
        if (begun && !prefill_) {
            // The model refuses to go on from a text of its own unless a user asks for it.
            drops_.hint(request_place().message(request_.messages.size() - 1));
            json_writer w(element(turns_));
            w.object().member("role", "user").key("content").array().object().member("text", "Continue.").end_object().end_array().end_object();
        }
        if (turns_.empty())
            return drops_.refuse_empty(request_place().of<&chat_request::messages>(), "a user or assistant message with content is required");
        return success();
    }

    /// Elements of `messages`.
    [[nodiscard]] const std::string& turns() const noexcept { return turns_; }
    /// Elements of `system`.
    [[nodiscard]] const std::string& system() const noexcept { return system_; }
    /// Names of functions called in the history.
    [[nodiscard]] const std::vector<std::string_view>& called() const noexcept { return called_; }
    /// Whether tools must be defined because blocks of the history refer to them.
    [[nodiscard]] bool needs_tools() const noexcept { return !called_.empty() || has_results_; }

private:
    [[nodiscard]] request_place here() const { return request_place().message(message_).part(part_); }

    static std::string& element(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    LLMX_DECL result<void> add_system(const content_part& p) {
        const auto* const t = std::get_if<text_part>(&p);
        if (t == nullptr) {
            drops_.lost(here());
            return success();
        }
        report_text(*t);
        if (!t->citations.empty()) drops_.hint(here().of<&text_part::citations>());
        if (const auto* own = bedrock_block_of(*t)) json_writer(element(system_)).object().raw_member(own->name, own->value.text).end_object();
        else if (!bedrock_blank(t->text)) json_writer(element(system_)).object().member("text", t->text).end_object();
        if (t->cache) add_cache<&text_part::cache>(t->cache, here(), system_);
        return success();
    }

    /// Begins another turn where the side changes.
    result<void> turn_to(bool assistant) {
        if (!in_turn_ || assistant != assistant_)
            if (const result<void> ended = end_turn(); !ended) return ended;
        in_turn_ = true;
        assistant_ = assistant;
        return success();
    }

    LLMX_DECL result<void> end_turn() {
        // A turn of which all texts were blank is left out.
        if (in_turn_ && !(results_.empty() && blocks_.empty())) {
            if (document_ && !has_text_)
                return drops_.refuse(*document_, "Bedrock takes a document only beside a text: add a text part to the message");
            json_writer w(element(turns_));
            w.object().member("role", assistant_ ? "assistant" : "user").key("content").array();
            if (!results_.empty()) w.raw(results_);
            if (!blocks_.empty()) w.raw(blocks_);
            w.end_array();
            for (const auto* e : turn_extra_)
                if (e->name != "role" && e->name != "content") w.raw_member(e->name, e->value.text);
            w.end_object();
        }
        turn_extra_.clear();
        results_.clear();
        blocks_.clear();
        document_.reset();
        has_text_ = false;
        in_turn_ = false;
        return success();
    }

    /// Appends a cache point to \p list.
    template <auto Member> void add_cache(const std::optional<cache_control>& cache, const request_place& at, std::string& list) {
        if (!cache) return;
        // One after nothing, or after another, is refused.
        const bool point_before = list.ends_with(R"("cachePoint":{"type":"default"}})") || list.ends_with(R"("cachePoint":{"type":"default","ttl":"1h"}})");
        if (!caches_ || list.empty() || point_before) return drops_.hint(at.of<Member>());
        const bool long_lived = cache->ttl == "1h";
        // Five minutes are the default, and not all models know the member.
        if (!long_lived && !cache->ttl.empty() && cache->ttl != "5m")
            drops_.hint(at.of<Member>().template of<&cache_control::ttl>());
        json_writer w(element(list));
        w.object().key("cachePoint").object().member("type", "default");
        if (long_lived) w.member("ttl", "1h");
        w.end_object().end_object();
    }

    /// Whether the current part ends a conversation that the assistant is to continue.
    [[nodiscard]] bool is_prefill() const noexcept {
        if (part_ + 1 != request_.messages[message_].content.size()) return false;
        for (std::size_t i = message_ + 1; i < request_.messages.size(); ++i)
            if (const role r = request_.messages[i].from; r != role::system && r != role::developer) return false;
        return true;
    }

    LLMX_DECL result<void> add(const content_part& p, bool assistant) {
        if (const auto* t = std::get_if<text_part>(&p)) return add_text(*t, assistant);
        if (const auto* refusal = std::get_if<refusal_part>(&p)) return add_text(text_part(refusal->text), assistant);
        if (const auto* image = std::get_if<image_part>(&p)) return add_media(*image, std::string_view(), assistant);
        if (const auto* audio = std::get_if<audio_part>(&p)) return add_media(*audio, std::string_view(), assistant);
        if (const auto* file = std::get_if<file_part>(&p)) return add_media(*file, file->filename, assistant);
        if (const auto* thinking = std::get_if<thinking_part>(&p)) return add_thinking(*thinking, assistant);
        if (const auto* call = std::get_if<tool_call_part>(&p)) return add_call(*call);
        if (const auto* answer = std::get_if<tool_result_part>(&p)) return add_result(*answer);
        const auto& own = std::get<opaque_part>(p);
        if (own.origin != bedrock_converse::name || own.value.empty()) {
            drops_.lost(here());
            return success();
        }
        if (const result<void> turned = turn_to(assistant); !turned) return turned;
        element(blocks_) += own.value.text;
        return success();
    }

    LLMX_DECL void report_text(const text_part& t) {
        report_fields(&t, bedrock_text_fields.view(), here(), drops_);
        bedrock_report_extra(t.extra, here(), bedrock_block_of(t) != nullptr, drops_);
    }

    LLMX_DECL result<void> add_text(const text_part& t, bool assistant) {
        std::string_view text = t.text;
        // Claude refuses to continue from white space.
        if (assistant && is_prefill()) text = text.substr(0, text.find_last_not_of(" \t\r\n\f\v") + 1);
        report_text(t);
        if (const auto* own = bedrock_block_of(t)) {
            if (const result<void> turned = turn_to(assistant); !turned) return turned;
            json_writer(element(blocks_)).object().raw_member(own->name, own->value.text).end_object();
            has_text_ = true;
            add_cache<&text_part::cache>(t.cache, here(), blocks_);
            return success();
        }
        // A blank text makes no turn: one without blocks would be refused, and one that is left out is between two
        // of the other side.
        if (bedrock_blank(text)) {
            if (!t.citations.empty()) drops_.hint(here().of<&text_part::citations>());
            if (in_turn_ && assistant == assistant_) add_cache<&text_part::cache>(t.cache, here(), blocks_);
            else if (t.cache) drops_.hint(here().of<&text_part::cache>());
            return success();
        }
        if (const result<void> turned = turn_to(assistant); !turned) return turned;
        const bool cited = assistant && !t.citations.empty() &&
                           std::all_of(t.citations.begin(), t.citations.end(), [](const citation& c) {
                               return c.original.speaks(bedrock_converse::name);
                           });
        if (!t.citations.empty() && !cited) drops_.hint(here().of<&text_part::citations>());
        json_writer w(element(blocks_));
        w.object();
        if (cited) {
            w.key("citationsContent").object().key("content").array().object().member("text", text).end_object().end_array();
            w.key("citations").array();
            for (const citation& c : t.citations) w.object().extra(c.original, bedrock_converse::name).end_object();
            w.end_array().end_object();
        } else {
            w.member("text", text);
        }
        w.end_object();
        has_text_ = true;
        add_cache<&text_part::cache>(t.cache, here(), blocks_);
        return success();
    }

    LLMX_DECL result<void> add_thinking(const thinking_part& t, bool assistant) {
        const bool redacted = !t.redacted_data.empty();
        const bool own_data = redacted && (t.signer.empty() || t.signer == bedrock_converse::name) && base64_decode(t.redacted_data).has_value();
        // The models accept only thinking that they signed, and without a signature none of it.
        if (!assistant || !thinks_ || !(own_data || (!redacted && t.signed_for(bedrock_converse::name)))) {
            drops_.hint(here());
            return success();
        }
        bedrock_report_extra(t.extra, here(), false, drops_);
        if (const result<void> turned = turn_to(true); !turned) return turned;
        json_writer w(element(blocks_));
        w.object().key("reasoningContent").object();
        if (redacted) w.member("redactedContent", t.redacted_data);
        else w.key("reasoningText").object().member("text", t.text).member("signature", t.signature).end_object();
        w.end_object().end_object();
        return success();
    }

    LLMX_DECL result<void> add_call(const tool_call_part& c) {
        report_fields(&c, bedrock_call_fields.view(), here(), drops_);
        bedrock_report_extra(c.extra, here(), true, drops_);
        if (const result<void> turned = turn_to(true); !turned) return turned;
        json_writer w(element(blocks_));
        std::string space;
        w.object().key("toolUse").object().member("toolUseId", ids_.of_call(c)).member("name", c.name);
        w.raw_member("input", call_arguments_object(c.arguments, space)).extra(c.extra, bedrock_converse::name).end_object().end_object();
        if (known_.insert(c.name).second) called_.push_back(c.name);
        add_cache<&tool_call_part::cache>(c.cache, here(), blocks_);
        return success();
    }

    LLMX_DECL result<void> add_result(const tool_result_part& r) {
        bedrock_report_extra(r.extra, here(), true, drops_);
        if (const result<void> turned = turn_to(false); !turned) return turned;
        has_results_ = true;
        std::string list;
        for (std::size_t i = 0; i < r.content.size(); ++i) {
            const request_place at = here().item(i);
            std::visit([&](const auto& part) { write_result_part(part, at, list); }, r.content[i]);
        }
        json_writer w(element(results_));
        w.object().key("toolResult").object().member("toolUseId", ids_.of_result(r)).raw_member("content", "[" + list + "]");
        if (r.is_error) w.member("status", "error");
        w.extra(r.extra, bedrock_converse::name).end_object().end_object();
        add_cache<&tool_result_part::cache>(r.cache, here(), results_);
        return success();
    }

    LLMX_DECL void write_result_part(const text_part& t, const request_place& at, std::string& list) {
        report_fields(&t, bedrock_text_fields.view(), at, drops_);
        const auto* const own = bedrock_block_of(t);
        bedrock_report_extra(t.extra, at, own != nullptr, drops_);
        if (!t.citations.empty()) drops_.hint(at.of<&text_part::citations>());
        if (t.cache) drops_.hint(at.of<&text_part::cache>());
        if (own != nullptr) json_writer(element(list)).object().raw_member(own->name, own->value.text).end_object();
        else if (!bedrock_blank(t.text)) json_writer(element(list)).object().member("text", t.text).end_object();
    }
    template <class Part> void write_result_part(const Part& p, const request_place& at, std::string& list) {
        std::string_view filename;
        if constexpr (requires { p.filename; }) filename = p.filename;
        bedrock_source source;
        using block = bedrock_format::block;
        // A result takes no audio.
        if (!bedrock_read_source(p.source, filename, source) || source.format.kind == block::audio) return drops_.lost(at);
        if (p.cache) drops_.hint(at.of<&Part::cache>());
        write_media(p, source, filename, at, list);
    }

    template <class Part> result<void> add_media(const Part& p, std::string_view filename, bool assistant) {
        bedrock_source source;
        // The API takes media from users alone.
        if (assistant || !bedrock_read_source(p.source, filename, source)) {
            drops_.lost(here());
            return success();
        }
        if (const result<void> turned = turn_to(false); !turned) return turned;
        if (source.format.kind == bedrock_format::block::document && !document_) document_ = here();
        write_media(p, source, filename, here(), blocks_);
        add_cache<&Part::cache>(p.cache, here(), blocks_);
        return success();
    }

    template <class Part>
    void write_media(const Part& p, const bedrock_source& source, std::string_view filename, const request_place& at, std::string& list) {
        if constexpr (requires { p.detail; })
            if (!p.detail.empty() && p.detail != "auto") drops_.hint(at.of<&Part::detail>());
        bedrock_report_extra(p.extra, at, true, drops_);
        using block = bedrock_format::block;
        const block kind = source.format.kind;
        json_writer w(element(list));
        w.object().key(kind == block::image ? "image" : kind == block::document ? "document" : kind == block::audio ? "audio" : "video");
        const auto owns = [&p](std::string_view member) { return p.extra.speaks(bedrock_converse::name) && p.extra.find(member) != nullptr; };
        w.object();
        if (!owns("format")) w.member("format", source.format.name);
        if (kind == block::document) w.member("name", document_name(filename, source.format));
        if (!owns("source")) {
            w.key("source").object();
            if (source.s3.empty()) w.member("bytes", source.data);
            else w.key("s3Location").object().member("uri", source.s3).end_object();
            w.end_object();
        }
        w.extra(p.extra, bedrock_converse::name).end_object().end_object();
    }

    /// A name that no other document of the request has: the API refuses two of one name.
    LLMX_DECL [[nodiscard]] std::string document_name(std::string_view filename, const bedrock_format& format) {
        std::string base = bedrock_document_name(filename, format);
        if (base.empty()) base = "Document";
        std::size_t& asked = names_[base];
        for (;;) {
            ++asked;
            std::string named = asked == 1 ? base : base + " (" + std::to_string(asked) + ")";
            if (all_names_.insert(named).second) return named;
        }
    }

    const chat_request& request_;
    drop_report& drops_;
    call_ids ids_{bedrock_call_id_rule};
    std::string turns_, results_, blocks_, system_;
    std::vector<const extra_members::member*> turn_extra_;
    std::vector<std::string_view> called_;
    std::set<std::string_view> known_; // the same, ordered
    std::map<std::string, std::size_t, std::less<>> names_; // of documents, and how often each name was used
    std::set<std::string, std::less<>> all_names_;
    std::optional<request_place> document_; // the turn's first
    std::size_t message_ = 0, part_ = 0;
    bool thinks_, caches_, prefill_;
    bool in_turn_ = false, assistant_ = false, has_text_ = false, has_results_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
