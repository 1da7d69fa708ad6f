// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_strings.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL bool json_strings::next(item& into) {
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '{' || c == '[') {
            if (outer_.size() < max_depth) outer_.push_back(key_);
            else ++deeper_;
            continue;
        }
        if (c == '}' || c == ']') {
            if (deeper_ != 0) {
                --deeper_;
            } else if (!outer_.empty()) {
                key_ = outer_.back();
                outer_.pop_back();
            }
            continue;
        }
        if (c != '"') continue;
        const std::size_t begin = at_ + 1;
        bool escaped = false;
        std::size_t end = begin;
        for (; end < text_.size() && text_[end] != '"'; ++end)
            if (text_[end] == '\\') {
                escaped = true;
                ++end;
            }
        if (end >= text_.size()) {
            at_ = text_.size();
            return false;
        }
        const std::string_view found = text_.substr(begin, end - begin);
        at_ = end + 1;
        std::size_t behind = at_;
        while (behind < text_.size() && (text_[behind] == ' ' || text_[behind] == '\t' || text_[behind] == '\n' || text_[behind] == '\r')) ++behind;
        if (behind < text_.size() && text_[behind] == ':') {
            key_ = found;
            --at_; // the loop goes on behind it
            continue;
        }
        into.key = key_;
        into.value = found;
        into.begin = begin;
        into.end = end;
        into.depth = outer_.size() + deeper_;
        into.escaped = escaped;
        return true;
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI
