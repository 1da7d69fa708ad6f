// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_ids.hpp>

#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <cstdio>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string hash_digits(std::string_view text) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(fnv1a(text)));
    return digits;
}

LLMX_DECL std::string answer_call_id(std::string_view answer, std::size_t ordinal) {
    return "call_" + hash_digits(answer) + "_" + std::to_string(ordinal);
}

LLMX_DECL std::string call_ids::fitted(std::string_view id) const {
    constexpr std::size_t digits = 16;
    const auto allowed = [this](char c) {
        return !rule_.plain || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               rule_.marks.find(c) != std::string_view::npos;
    };
    if (id.size() <= rule_.longest && std::all_of(id.begin(), id.end(), allowed)) return std::string(id);
    std::string out(id.substr(0, rule_.longest - digits - 1));
    if (rule_.plain) std::replace_if(out.begin(), out.end(), [&](char c) { return !allowed(c); }, '_');
    else while (!out.empty() && !valid_utf8(out)) out.pop_back(); // not in the middle of a character
    out += '_';
    std::uint64_t hash = fnv1a(id);
    for (std::size_t i = 0; i < digits; ++i, hash >>= 4) out += "0123456789abcdef"[hash & 15u];
    return out;
}

LLMX_DECL std::string call_ids::unused(std::string id) {
    if (used_.insert(id).second) return id;
    // Ids that are cut to the same beginning share a counter: the names that were tried before are taken.
    std::size_t& number = repeated_[id.substr(0, rule_.longest - 12)];
    for (;;) {
        std::string end(1, '_');
        end += std::to_string(++number + 1);
        std::string other = id.substr(0, rule_.longest - end.size());
        while (!other.empty() && !rule_.plain && !valid_utf8(other)) other.pop_back();
        other += end;
        if (used_.insert(other).second) return other;
    }
}

LLMX_DECL std::string call_ids::make_up() {
    return unused(std::string(rule_.made_up) + std::to_string(++made_));
}

LLMX_DECL const std::string* call_ids::take(queue& of) {
    while (of.first < of.calls.size() && answered_[of.calls[of.first]]) ++of.first;
    if (of.first == of.calls.size()) return nullptr;
    const std::size_t call = of.calls[of.first++];
    answered_[call] = true;
    return &written_[call];
}

LLMX_DECL std::string call_ids::of_call(const tool_call_part& c) {
    const std::size_t call = written_.size();
    if (c.id.empty()) {
        by_name_[c.name].calls.push_back(call);
        nameless_.calls.push_back(call);
    } else {
        by_id_[c.id].calls.push_back(call);
    }
    answered_.push_back(false);
    return written_.emplace_back(c.id.empty() ? make_up() : unused(fitted(c.id)));
}

LLMX_DECL std::string call_ids::of_result(const tool_result_part& r) {
    if (!r.call_id.empty()) {
        const auto of = by_id_.find(r.call_id);
        if (of == by_id_.end()) return fitted(r.call_id);
        const std::string* const id = take(of->second);
        return id != nullptr ? *id : written_[of->second.calls.back()];
    }
    const auto of = by_name_.find(r.name);
    queue* const from = r.name.empty() ? &nameless_ : of != by_name_.end() ? &of->second : nullptr;
    const std::string* const id = from != nullptr ? take(*from) : nullptr;
    return id != nullptr ? *id : make_up();
}

} // namespace llmx::inline LLMX_ABI::detail
