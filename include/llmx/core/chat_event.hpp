// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/finish_reason.hpp>
#include <llmx/core/usage.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One step of a streamed answer, in llmx's own vocabulary, independent of any provider.
///
/// All text members are views that are valid until the batch they came in is cleared
/// (see `event_batch`). Which members mean something depends on `kind`.
struct chat_event {
    enum class kind : std::uint8_t {
        start,              ///< `id`, `name` = model, `created`; first event of every stream, once
        text,               ///< `text` is appended to the text part `part`
        refusal,            ///< `text` is appended to the refusal
        thinking,           ///< `text` is appended to the thinking part `part`
        thinking_signature, ///< `text` is (a fragment of) the signature of the part `part`; `name` = its signer
        redacted_thinking,  ///< `text` is a whole encrypted thinking block
        tool_call,          ///< a tool call begins: `id`, `name`; `text` is its signature or empty
        tool_arguments,     ///< `text` is a fragment of the arguments of the call `part`
        citation,           ///< `text` is the JSON of a citation in the words of `name`, a dialect; without a name it
                            ///< has `url`, `title`, `cited_text`, and the characters of the choice's text
                            ///< from `start_index` to `end_index`
        audio,              ///< `text` is the JSON of an audio delta in the words of `name`
        logprobs,           ///< `text` is a JSON logprobs object in OpenAI's form
        opaque,             ///< `text` is a JSON part that only the dialect `name` can express
        finish,             ///< choice `choice` ended: `reason`; `text` as `chat_choice::stop_sequence`
        usage,              ///< `tokens`: totals so far; the last one counts
        ping,               ///< keep-alive, nothing to report
    };

    kind what = kind::ping;
    finish_reason reason = finish_reason::none;
    /// Which alternative answer (n > 1).
    std::uint32_t choice = 0;
    /// Ordinal of the content part within the choice, counted over all parts. Deltas
    /// of one part carry the same number; a new number begins a new part.
    std::uint32_t part = 0;
    std::string_view text;
    std::string_view id;
    std::string_view name;
    std::int64_t created = 0;
    usage tokens;
};

/// The events decoded from one read, and the memory that holds their text.
///
/// `clear` keeps the memory, so a long stream allocates only until its largest
/// read has been seen. Not thread-safe.
class event_batch {
public:
    event_batch() = default;
    event_batch(const event_batch&) = delete;
    event_batch& operator=(const event_batch&) = delete;
    event_batch(event_batch&&) noexcept = default;
    event_batch& operator=(event_batch&&) noexcept = default;

    /// Discards all events; views returned before are invalid.
    void clear() noexcept {
        events_.clear();
        next_ = 0;
        block_ = 0;
        used_ = 0;
    }

    /// Appends an empty event of \p k and returns it to be filled in.
    chat_event& add(chat_event::kind k) {
        chat_event& e = events_.emplace_back();
        e.what = k;
        return e;
    }

    /// Copies \p text into the batch and returns the copy.
    std::string_view keep(std::string_view text) {
        if (text.empty()) return std::string_view();
        while (block_ < blocks_.size() && blocks_[block_].size - used_ < text.size()) {
            ++block_;
            used_ = 0;
        }
        if (block_ == blocks_.size()) {
            const std::size_t size = text.size() > default_block ? text.size() : default_block;
            blocks_.push_back(block(size));
            used_ = 0;
        }
        char* at = blocks_[block_].bytes.get() + used_;
        std::memcpy(at, text.data(), text.size());
        used_ += text.size();
        return std::string_view(at, text.size());
    }

    /// The next event not yet taken, or null.
    [[nodiscard]] const chat_event* try_next() noexcept {
        return next_ < events_.size() ? &events_[next_++] : nullptr;
    }

    /// Applies \p change to each event, taken or not.
    template <class Change> void each(Change change) {
        for (chat_event& e : events_) change(e);
    }
    /// Discards all events but the first \p n.
    void cut(std::size_t n) noexcept {
        if (n < events_.size()) events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(n), events_.end());
    }
    [[nodiscard]] const std::vector<chat_event>& events() const noexcept { return events_; }
    [[nodiscard]] bool empty() const noexcept { return events_.empty(); }

private:
    static constexpr std::size_t default_block = 4096;
    struct block {
        explicit block(std::size_t n) : bytes(new char[n]), size(n) {}
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<chat_event> events_;
    std::vector<block> blocks_;
    std::size_t next_ = 0;
    std::size_t block_ = 0;
    std::size_t used_ = 0;
};

} // namespace llmx::inline LLMX_ABI
