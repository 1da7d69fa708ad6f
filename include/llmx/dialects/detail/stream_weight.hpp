// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/token_estimate.hpp>
#include <llmx/wire/json_weight.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Counts while a stream passes what the tokens of its answer can be estimated from, should the provider report none: the sizes of the
/// events that may hold content. A few additions for each of them, whatever their size.
///
/// What all events of a stream repeat (id, model, names of members) is as long as the smallest of them. An event is taken for one token
/// at least, as most servers send one for each.
class stream_weight {
public:
    /// \p frame is the most bytes that events of the language repeat: where all have the same size, or there is one alone, the smallest
    /// shows nothing. \p around is how much longer an event with content is than the smallest, beside the content: the name of the member.
    explicit constexpr stream_weight(std::size_t frame, std::size_t around = 0) noexcept : frame_(frame), around_(around) {}

    /// \p json is the data of one event.
    void add(std::string_view json) noexcept {
        std::size_t size = json.size();
        // Media in base64 are so large; such an event is scanned by its watch for longer than this takes.
        if (size >= large) {
            const json_weight w = weigh_json(json);
            size = w.text;
            media_ += w.blobs;
        }
        bytes_ += size;
        ++events_;
        least_ = std::min(least_, size);
    }
    /// The stream has the provider's own counters.
    void note_usage() noexcept { reported_ = true; }

    /// An estimate of the answer's tokens; zero where none is needed: the provider has reported them, or there was no event.
    [[nodiscard]] std::uint64_t tokens() const noexcept {
        if (reported_ || events_ == 0) return 0;
        const std::size_t repeated = events_ * (std::min(least_, frame_) + around_);
        const std::size_t text = bytes_ > repeated ? bytes_ - repeated : 0;
        return std::max<std::uint64_t>(events_, tokens_of_text(text)) + media_ * tokens_of_media;
    }

private:
    static constexpr std::size_t large = 4096;

    std::size_t bytes_ = 0, events_ = 0, media_ = 0, frame_, around_;
    std::size_t least_ = static_cast<std::size_t>(-1);
    bool reported_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail
