// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0::detail {

/// Writes one JSON Schema as Google's Schema message; see `append_gemini_schema`.
class gemini_schema_writer {
public:
    /// \p root must outlive the writer; references are looked up in it.
    gemini_schema_writer(const boost::json::object& root, std::string& out)
        : root_(root), out_(out), w_(out), start_(out.size()) {}

    /// False when the text has become too large.
    [[nodiscard]] bool run() {
        node(root_, annotations());
        return !too_large_;
    }
    [[nodiscard]] bool lossy() const noexcept { return lossy_; }

private:
    /// What an enclosing node says about the node to be written.
    struct annotations {
        annotations() = default;
        std::string_view description;
        bool nullable = false;
    };
    using object = boost::json::object;
    using value = boost::json::value;

    LLMX_DECL void node(const value& v, const annotations& around);
    LLMX_DECL void node(const object& s, annotations around);
    LLMX_DECL void reference(const object& s, const value& ref, const annotations& around);
    LLMX_DECL void merged(const object& s, const annotations& around);
    LLMX_DECL void merge_into(object& whole, const object& from);
    LLMX_DECL bool alternatives(const object& s, annotations around);
    LLMX_DECL void several_types(const object& s, const std::vector<std::string_view>& types,
                                 const annotations& around);
    LLMX_DECL void typed(const object& s, std::string_view type, const annotations& around, bool only_type);
    LLMX_DECL void member(const object& s, std::string_view key, const value& v, std::string_view type);
    LLMX_DECL void anything(const annotations& around);
    LLMX_DECL void items(const object& s);
    LLMX_DECL void enumeration(const object& s, std::string_view type);
    LLMX_DECL void head(std::string_view type, const annotations& around);
    [[nodiscard]] LLMX_DECL std::string description_of(const object& s, std::string_view type,
                                                       const annotations& around) const;
    [[nodiscard]] LLMX_DECL const object* resolve(const value& ref) const;
    /// Whether \p target must not be written out again inside of itself.
    [[nodiscard]] LLMX_DECL bool active(const object* target) const noexcept;

    /// References inside references; a longer chain ends like one that goes in a circle.
    static constexpr std::size_t max_open = 64;
    static constexpr std::size_t max_size = std::size_t{2} * 1024 * 1024;

    const object& root_;
    std::string& out_;
    json_writer w_;
    std::size_t start_;
    /// Targets of the references that are being written out: the guard against recursion.
    std::vector<const object*> open_;
    bool lossy_ = false;
    bool too_large_ = false;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/gemini_schema.ipp>
#include <llmx/dialects/impl/gemini_schema_node.ipp>
#endif
