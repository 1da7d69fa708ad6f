// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/token_rates.hpp>
#include <llmx/catalog/token_counter.hpp>
#include <llmx/core/token_estimate.hpp>

#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Sums the tokens of the parts of a message.
struct part_token_sum {
    const token_counter* counter;
    std::string_view name;
    std::uint64_t tokens = 0;

    void add(std::string_view text) {
        if (!text.empty()) tokens += counter->count(text, name);
    }
    void operator()(const text_part& p) { add(p.text); }
    void operator()(const refusal_part& p) { add(p.text); }
    void operator()(const thinking_part& p) { add(p.text); }
    void operator()(const tool_call_part& p) {
        add(p.name);
        add(p.arguments);
    }
    void operator()(const tool_result_part& p) {
        for (const auto& inner : p.content) std::visit(*this, inner);
    }
    void operator()(const image_part&) { tokens += tokens_of_media; }
    void operator()(const audio_part&) { tokens += tokens_of_media; }
    void operator()(const file_part&) { tokens += tokens_of_media; }
    template <class Other> void operator()(const Other&) {}
};

} // namespace detail

LLMX_DECL void token_counter::add(tokenizer t) {
    for (tokenizer& known : tokenizers_) {
        if (known.encoding().name != t.encoding().name) continue;
        known = std::move(t);
        return;
    }
    tokenizers_.push_back(std::move(t));
}

LLMX_DECL const tokenizer* token_counter::find(std::string_view name) const noexcept {
    for (const tokenizer& t : tokenizers_)
        if (t.encoding().name == name) return &t;
    return nullptr;
}

LLMX_DECL std::uint64_t token_counter::count(std::string_view text, std::string_view name) const {
    const tokenizer* const exact = find(name);
    return exact != nullptr ? exact->count(text) : detail::estimate_by_rates(detail::find_token_rates(name), text);
}

LLMX_INLINE bool token_counter::is_exact(std::string_view name) const noexcept { return find(name) != nullptr; }

LLMX_INLINE std::uint64_t token_counter::count_input(const chat_request& request, std::string_view name) const {
    constexpr std::uint64_t of_message = 4, of_name = 1, of_answer = 3, of_tool = 8;
    detail::part_token_sum sum{this, name};
    for (const message& m : request.messages) {
        sum.tokens += of_message;
        if (!m.name.empty()) {
            sum.tokens += of_name;
            sum.add(m.name);
        }
        for (const content_part& p : m.content) std::visit(sum, p);
    }
    for (const tool& t : request.tools) {
        sum.tokens += of_tool;
        sum.add(t.name);
        sum.add(t.description);
        sum.add(t.parameters.text);
        if (t.builtin) sum.add(t.builtin->value.text);
    }
    if (request.response_format) sum.add(request.response_format->schema.text);
    return sum.tokens + of_answer;
}

LLMX_INLINE std::uint64_t token_counter::count_input(const token_count_request& request, std::string_view name) const {
    if (request.bare_text) return count(*request.bare_text, name);
    return count_input(static_cast<const chat_request&>(request), name);
}

LLMX_INLINE std::uint64_t token_counter::count_output(const chat_reply& reply, std::string_view name) const {
    detail::part_token_sum sum{this, name};
    for (const auto& choice : reply.choices)
        for (const content_part& p : choice.answer.content) std::visit(sum, p);
    return sum.tokens;
}

} // namespace llmx::inline LLMX_ABI
