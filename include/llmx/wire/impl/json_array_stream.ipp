// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/plain_run.hpp>
#include <llmx/wire/json_array_stream.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL void json_array_stream::reset() noexcept {
    clear_partial();
    depth_ = 0;
    reason_ = nullptr;
    stage_ = stage::before_array;
    in_string_ = after_backslash_ = false;
}

LLMX_DECL bool json_array_stream::fail(const char* reason) noexcept {
    reason_ = reason;
    return false;
}

LLMX_DECL void json_array_stream::clear_partial() noexcept {
    // One large object must not hold its memory for the whole stream.
    if (partial_.capacity() > std::size_t{64} * 1024) partial_ = std::string();
    else partial_.clear();
}

LLMX_DECL std::size_t json_array_stream::skip_object(std::string_view bytes) noexcept {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const char c = bytes[i];
        if (in_string_) {
            if (after_backslash_) {
                after_backslash_ = false;
            } else if (c == '\\') {
                after_backslash_ = true;
            } else if (c == '"') {
                in_string_ = false;
            } else {
                // Plain bytes cannot end the string: continue after them.
                const char* const end = bytes.data() + bytes.size();
                const char* const next_special = detail::skip_plain(bytes.data() + i + 1, end);
                i = static_cast<std::size_t>(next_special - bytes.data()) - 1;
            }
        } else if (c == '"') {
            in_string_ = true;
        } else if (c == '{' || c == '[') {
            ++depth_;
        } else if ((c == '}' || c == ']') && --depth_ == 0) {
            return i + 1;
        }
    }
    return bytes.size();
}

LLMX_DECL bool json_array_stream::next(std::string_view& bytes, std::string_view& object) {
    if (reason_ != nullptr) return false;
    while (!bytes.empty()) {
        if (stage_ == stage::in_object) {
            const std::size_t size = skip_object(bytes);
            if (size > max_object_size_ || partial_.size() > max_object_size_ - size)
                return fail("an object of the stream exceeds the size limit");
            const std::string_view piece = bytes.substr(0, size);
            bytes.remove_prefix(size);
            if (depth_ != 0 || !partial_.empty()) partial_.append(piece);
            if (depth_ != 0) return false;
            object = partial_.empty() ? piece : std::string_view(partial_);
            stage_ = stage::after_object;
            return true;
        }
        const char c = bytes.front();
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            bytes.remove_prefix(1);
            continue;
        }
        if (c == '{' && (stage_ == stage::first || stage_ == stage::after_comma)) {
            stage_ = stage::in_object; // the bracket is the object's own: left to skip_object
            continue;
        }
        if (c == '[' && stage_ == stage::before_array) stage_ = stage::first;
        else if (c == ',' && stage_ == stage::after_object) stage_ = stage::after_comma;
        else if (c == ']' && (stage_ == stage::first || stage_ == stage::after_object)) stage_ = stage::after_array;
        else return fail("the stream is not a JSON array of objects");
        bytes.remove_prefix(1);
    }
    return false;
}

} // namespace llmx::inline LLMX_ABI
