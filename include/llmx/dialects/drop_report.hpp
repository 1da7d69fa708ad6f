// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/request_place.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The members of a request that the target codec cannot express, and their places.
///
/// A request decides how much that is, so only so much is kept: the first `most_entries`, and the
/// first that matters. Not thread-safe.
class drop_report {
public:
    /// One member that is dropped.
    struct entry {
        request_place at;
        /// The answer means the same without it (cache hints, foreign thinking): never an error.
        bool hint = false;
    };
    static constexpr std::size_t most_entries = 1000;

    /// Reports the member at \p at, whose loss may change the answer.
    void lost(request_place at) { add(std::move(at), false); }
    void hint(request_place at) { add(std::move(at), true); }
    /// Members of another language than \p codec's: lost, unless the codec that kept them marked
    /// them as hints (`extra_members::member::hint`).
    LLMX_DECL void foreign(const extra_members& members, std::string_view codec, const request_place& at);
    /// The failure of an encoder that cannot write the member at \p at: an error of \p code whose message is the
    /// place and \p why. `errc::unsupported_parameter` is for a member that another provider could take.
    LLMX_DECL [[nodiscard]] error refuse(request_place at, std::string_view why, errc code = errc::invalid_request);

    /// The failure of an encoder that has no message to write, at \p messages. When a part was lost, the failure names that part:
    /// the request is not empty, but the provider takes nothing of it.
    LLMX_DECL [[nodiscard]] error refuse_empty(request_place messages, std::string_view why);

    /// Fails when \p members, of a request that \p codec is to write, refer to a conversation which only another language's vendor
    /// has (`extra_members::member::is_state`): such a request is refused even where members may be dropped.
    LLMX_DECL [[nodiscard]] result<void> refuse_state(const extra_members& members, std::string_view codec);

    /// The requested form of the answer cannot be expressed here: a tool represents it, and the reply has
    /// to be decoded knowing so (`decode_options`).
    void answer_by_tool() noexcept { answer_by_tool_ = true; }
    [[nodiscard]] bool answered_by_tool() const noexcept { return answer_by_tool_; }

    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }
    /// How many there were, those that were not kept included.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// The first whose loss matters, or null.
    [[nodiscard]] const request_place* first_lost() const noexcept {
        return first_lost_ < entries_.size() ? &entries_[first_lost_].at : nullptr;
    }
    /// Where `refuse` was called for; null when it was not.
    [[nodiscard]] const request_place* refused() const noexcept { return refused_ ? &*refused_ : nullptr; }

private:
    void add(request_place at, bool hint) {
        ++count_;
        const bool first = !hint && first_lost_ == none;
        if (entries_.size() >= most_entries && !first) return;
        if (first) first_lost_ = entries_.size();
        entry& e = entries_.emplace_back();
        e.at = std::move(at);
        e.hint = hint;
    }
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<entry> entries_;
    std::optional<request_place> refused_;
    std::size_t first_lost_ = none;
    std::size_t count_ = 0;
    bool answer_by_tool_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/drop_report.ipp>
#endif
