// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Removes from a relayed stream the bytes that its caller must not receive.
///
/// A piece without a cut is passed on as it is, without a copy. Not thread-safe.
class stream_cuts {
public:
    /// Where cuts are added, in the order of the stream, before `pass` gets their bytes.
    [[nodiscard]] std::vector<stream_cut>& pending() noexcept { return cuts_; }
    /// The next bytes of the stream without the cut ranges; valid until the next call and as long as \p ready.
    [[nodiscard]] std::string_view pass(std::string_view ready) {
        const std::uint64_t from = passed_;
        passed_ += ready.size();
        if (cuts_.empty() || cuts_.front().begin >= passed_) return ready;
        kept_.clear();
        std::uint64_t at = from;
        std::size_t done = 0;
        for (const stream_cut& c : cuts_) {
            if (c.begin >= passed_) break;
            ++done;
            // Of an event too long to be held the beginning has gone on: then all of it does.
            if (c.begin < at) continue;
            kept_.append(ready.substr(at - from, c.begin - at));
            at = std::min(c.end, passed_);
        }
        kept_.append(ready.substr(at - from));
        cuts_.erase(cuts_.begin(), cuts_.begin() + static_cast<std::ptrdiff_t>(done));
        return kept_;
    }

private:
    std::vector<stream_cut> cuts_;
    std::uint64_t passed_ = 0;
    std::string kept_;
};

} // namespace llmx::inline LLMX_ABI::detail
