// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/message_edits.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// `message_rules::gateway_members`.
inline constexpr std::array<std::string_view, 4> gateway_message_members = {"thinking_blocks", "provider_specific_fields", "extra_content",
                                                                            "cache_control"};

/// Whether \p text may have one of them, or thoughts, as a member. All have a '_', which is rare in text and quickly found.
LLMX_DECL [[nodiscard]] bool has_gateway_word(std::string_view text) noexcept {
    for (std::size_t at = text.find('_'); at != std::string_view::npos; at = text.find('_', at + 1)) {
        const std::string_view behind = text.substr(at + 1);
        if (!behind.starts_with('b') && !behind.starts_with('c') && !behind.starts_with('s')) continue;
        const std::string_view before = text.substr(0, at);
        for (const std::string_view name : {"thinking_blocks", "provider_specific_fields", "extra_content", "cache_control", "reasoning_content"}) {
            const std::size_t half = name.find('_');
            if (before.ends_with(name.substr(0, half)) && behind.starts_with(name.substr(half + 1))) return true;
        }
    }
    return false;
}

/// The edits of the messages and tools of one request.
class message_editing {
public:
    message_editing(const message_rules& rules, written_by author, std::string_view body, splice_list& edits, drop_report& drops) noexcept
        : rules_(&rules), author_(author), body_(body), edits_(&edits), drops_(&drops) {}

    LLMX_DECL void edit(const json_member& m) {
        if (m.named("tools")) return each("tools", m.value, [this](std::string_view tool, const std::string& at) { edit_tool(tool, at); });
        if (m.named("messages")) each("messages", m.value, [this](std::string_view message, const std::string& at) { edit_message(message, at); });
    }

private:
    /// The elements of \p list that are objects, with their places.
    template <class F> void each(std::string_view name, std::string_view list, F&& f) {
        if (!list.starts_with('[')) return;
        std::size_t number = 0;
        static_cast<void>(scan_json_elements(list, [&](const json_member& one) {
            const std::size_t at = number++;
            if (one.value.starts_with('{')) f(one.value, std::string(name) + '[' + std::to_string(at) + ']');
        }));
    }
    [[nodiscard]] std::size_t offset(std::string_view within) const noexcept { return static_cast<std::size_t>(within.data() - body_.data()); }
    /// Leaves out the member \p m of the object \p of, whose place is \p at.
    LLMX_DECL void leave_out(std::string_view of, json_member m, const std::string& at) {
        const std::size_t begin = offset(of);
        m.key_begin += begin;
        m.begin += begin;
        m.end += begin;
        edits_->remove(m);
        if (author_ == written_by::caller && !is_json_null(m.value) && m.value != "[]")
            drops_->hint(request_place().other(at + '.' + unescape_json_string(m.key)));
    }
    /// Whether \p m is left out as a gateway's.
    [[nodiscard]] bool is_gateways(const json_member& m) const {
        return !rules_->gateway_members && std::find(gateway_message_members.begin(), gateway_message_members.end(), m.key) != gateway_message_members.end();
    }
    LLMX_DECL void strip(std::string_view object, const std::string& at) {
        if (rules_->gateway_members) return;
        static_cast<void>(scan_json_members(object, [&](const json_member& m) {
            if (is_gateways(m)) leave_out(object, m, at);
            else if (m.named("function") && m.value.starts_with('{')) strip(m.value, at + ".function");
        }));
    }
    void edit_tool(std::string_view tool, const std::string& at) { strip(tool, at); }
    LLMX_DECL void edit_message(std::string_view message, const std::string& at) {
        json_member role, name;
        static_cast<void>(scan_json_members(message, [&](const json_member& m) {
            if (m.named("role")) role = m;
            else if (m.named("name")) name = m;
            else if (is_gateways(m) || std::find(rules_->refuses.begin(), rules_->refuses.end(), m.key) != rules_->refuses.end())
                leave_out(message, m, at);
            else if (rules_->parts && m.named("content"))
                each(at + ".content", m.value, [this](std::string_view part, const std::string& place) { strip(part, place); });
            else if (m.named("tool_calls")) each(at + ".tool_calls", m.value, [this](std::string_view call, const std::string& place) { strip(call, place); });
        }));
        const std::size_t begin = offset(message);
        if (!rules_->developer_role && role.value == "\"developer\"") edits_->replace(begin + role.begin, begin + role.end, "\"system\"");
        if (!rules_->names && !name.value.empty() && role.value != "\"tool\"") leave_out(message, name, at);
    }

    const message_rules* rules_;
    written_by author_;
    std::string_view body_;
    splice_list* edits_;
    drop_report* drops_;
};

/// Whether \p body has a word that the rules are about.
LLMX_DECL [[nodiscard]] bool concerns_messages(const message_rules& rules, std::string_view body) noexcept {
    if (!rules.gateway_members && has_gateway_word(body)) return true;
    if (!rules.developer_role && body.find("\"developer\"") != std::string_view::npos) return true;
    if (!rules.names && body.find("\"name\"") != std::string_view::npos) return true;
    return std::any_of(rules.refuses.begin(), rules.refuses.end(), [body](std::string_view name) { return body.find(name) != std::string_view::npos; });
}

} // namespace detail

LLMX_DECL result<void> edit_messages(const message_rules& rules, written_by author, std::string_view body, const member_spans& known,
                                     splice_list& edits, drop_report& drops) {
    if (!detail::concerns_messages(rules, body)) return success();
    detail::message_editing editing(rules, author, body, edits, drops);
    return for_each_member(body, known, [&editing](const json_member& m) { editing.edit(m); });
}

LLMX_DECL result<void> edit_openai_messages(const request_edit& e) {
    if (!detail::has_gateway_word(e.body) || e.what->codec->name != openai_chat::name) return success();
    // What other servers at a base URL of the deployment take is not known.
    static constexpr std::string_view thoughts[] = {"reasoning_content"};
    const std::string_view host = e.to->api_base.where.host;
    const bool own = host.ends_with(".openai.com") || host.ends_with(".azure.com");
    message_rules rules;
    rules.gateway_members = false;
    if (own) rules.refuses = thoughts;
    return edit_messages(rules, e.author, e.body, *e.members, *e.edits, *e.drops);
}

} // namespace llmx::inline LLMX_ABI
