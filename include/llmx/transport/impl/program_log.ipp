// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_log.hpp>

#include <algorithm>
#include <chrono>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void program_log::feed(std::string_view bytes, time_point now) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        partial_.append(part.substr(0, longest - std::min(longest, partial_.size())));
        if (end == std::string_view::npos) return;
        bytes.remove_prefix(end + 1);
        finish(now);
    }
}

LLMX_DECL void program_log::finish(time_point now) {
    if (partial_.empty()) return;
    line(partial_, now);
    partial_.clear();
}

LLMX_DECL void program_log::line(std::string_view text, time_point now) {
    if (now - second_ >= std::chrono::seconds(1)) {
        if (left_out_ != 0) to_("(" + std::to_string(left_out_) + " more lines were left out)");
        second_ = now;
        written_ = 0;
        left_out_ = 0;
    }
    if (written_ >= most) {
        ++left_out_;
        return;
    }
    ++written_;
    std::string plain(text.substr(0, longest));
    std::replace_if(plain.begin(), plain.end(), [](char c) { return (static_cast<unsigned char>(c) < 32 && c != '\t') || c == 127; }, ' ');
    to_(plain);
}

} // namespace llmx::inline LLMX_ABI::detail
