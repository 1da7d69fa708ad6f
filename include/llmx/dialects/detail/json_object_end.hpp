// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Sees, fragment by fragment, where a JSON object ends.
class json_object_end {
public:
    /// Bytes of \p fragment that belong to the object: all of them while it is open.
    std::size_t feed(std::string_view fragment) noexcept {
        for (std::size_t i = 0; i < fragment.size() && !complete_; ++i) {
            const char c = fragment[i];
            if (in_string_) {
                if (escaped_) escaped_ = false;
                else if (c == '\\') escaped_ = true;
                else if (c == '"') in_string_ = false;
            } else if (c == '"') {
                in_string_ = true;
            } else if (c == '{' || c == '[') {
                ++depth_;
            } else if (c == '}' || c == ']') {
                if (depth_ > 0 && --depth_ == 0) {
                    complete_ = true;
                    return i + 1;
                }
            }
        }
        return complete_ ? 0 : fragment.size();
    }
    [[nodiscard]] bool complete() const noexcept { return complete_; }

private:
    std::uint32_t depth_ = 0;
    bool in_string_ = false, escaped_ = false, complete_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
