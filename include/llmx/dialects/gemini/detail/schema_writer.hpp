// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/dialects/gemini/detail/schema_view.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Writes one JSON Schema as Google's Schema message; see `append_gemini_schema`.
class gemini_schema_writer {
public:
    /// \p root, of a text of \p size bytes, must outlive the writer; references are looked up in it.
    /// At most about \p most bytes are written.
    gemini_schema_writer(const boost::json::object& root, std::size_t size, std::string& out, std::size_t most)
        : root_(root), out_(out), w_(out), start_(out.size()), most_(most), steps_(least_steps + 2 * size),
          words_(least_words + size) {}

    /// False when the text, or the work, has become too large.
    LLMX_DECL [[nodiscard]] bool run() {
        node(gemini_schema_view(root_), annotations());
        return !too_large_;
    }
    [[nodiscard]] bool lossy() const noexcept { return lossy_; }

private:
    /// The facts about a node that its enclosing node states.
    struct annotations {
        annotations() = default;
        std::string_view description;
        bool nullable = false;
    };
    using object = boost::json::object;
    using value = boost::json::value;
    using view = gemini_schema_view;

    LLMX_DECL void node(const value& v, const annotations& around);
    LLMX_DECL void node(const view& s, annotations around);
    LLMX_DECL void reference(const view& s, const value& ref, const annotations& around);
    LLMX_DECL void merged(const view& s, const annotations& around);
    LLMX_DECL void merge_into(gemini_schema_parts& whole, const view& from);
    LLMX_DECL bool alternatives(const view& s, annotations around);
    LLMX_DECL void several_types(const view& s, const std::vector<std::string_view>& types,
                                 const annotations& around);
    LLMX_DECL void typed(const view& s, std::string_view type, const annotations& around, bool only_type);
    LLMX_DECL void member(const view& s, std::string_view key, const value& v, std::string_view type);
    LLMX_DECL void anything(const annotations& around);
    LLMX_DECL void items(const view& s);
    LLMX_DECL void enumeration(const view& s, std::string_view type);
    LLMX_DECL void head(std::string_view type, const annotations& around);
    LLMX_DECL [[nodiscard]] std::string description_of(const view& s, std::string_view type,
                                                       const annotations& around) const;
    LLMX_DECL [[nodiscard]] const object* resolve(const value& ref) const;
    /// Whether \p target must not be written out again inside of itself.
    LLMX_DECL [[nodiscard]] bool active(const object* target) const noexcept;

    /// Notes that \p n things are inspected. A node that is written out repeatedly may inspect much
    /// and write nothing.
    void spend(std::size_t n) noexcept {
        too_large_ = too_large_ || n > steps_;
        steps_ -= std::min(n, steps_);
    }
    /// Whether a description of \p n bytes may be written once more.
    [[nodiscard]] bool repeat_words(std::size_t n) noexcept {
        if (n > words_) return false;
        words_ -= n;
        return true;
    }

    /// References inside references; a longer chain ends like a circular one.
    static constexpr std::size_t max_open = 64;
    static constexpr std::size_t least_steps = std::size_t{4} * 1024 * 1024;
    static constexpr std::size_t least_words = std::size_t{64} * 1024;

    const object& root_;
    std::string& out_;
    json_writer w_;
    std::size_t start_, most_;
    /// How many things may still be looked at, and bytes of descriptions repeated.
    std::size_t steps_, words_;
    /// Targets of the references that are being written out: the guard against recursion.
    std::vector<const object*> open_;
    bool lossy_ = false;
    bool too_large_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/schema.ipp>
#include <llmx/dialects/gemini/impl/schema_node.ipp>
#endif
