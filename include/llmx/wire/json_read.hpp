// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// Nesting that llmx accepts in a JSON text: JSON Schemas exceed Boost's default of
/// 32, and beyond this a text is an attack.
inline constexpr std::size_t max_json_depth = 256;

/// Members that one object of a parsed text may have; an array may have any number of elements.
/// Real objects have a few hundred at the most; a table that is larger costs the one who looks
/// something up in it, and a sender who knows how it is made can choose what it costs.
inline constexpr std::size_t max_json_members = 10'000;

/// Parses a whole text; \p sp owns the tree's memory. Fails with
/// `errc::invalid_request` naming the reason and the byte offset, or the limit on members.
[[nodiscard]] LLMX_DECL result<boost::json::value>
parse_json(std::string_view text, boost::json::storage_ptr sp = boost::json::storage_ptr());

/// Like `parse_json`, but the text must be one object.
[[nodiscard]] LLMX_DECL result<boost::json::object>
parse_json_object(std::string_view text, boost::json::storage_ptr sp = boost::json::storage_ptr());

/// A number as a count, see `clamp_count`; nothing for what is no number.
[[nodiscard]] LLMX_DECL std::optional<std::int64_t> json_count(const boost::json::value& v) noexcept;

/// Typed, total access to an object's members; a member of null counts as absent.
///
/// The `*_or` readers are lenient, for replies of providers (a wrong type counts as
/// absent). The `read` members are strict, for requests of clients: a wrong type is
/// an `errc::invalid_request` whose `param` names the member. Views live as long as
/// the tree.
class json_reader {
public:
    /// \p path names the object in errors, e.g. "messages[0]"; empty for the top.
    explicit json_reader(const boost::json::object& o, std::string path = std::string())
        : object_(&o), path_(std::move(path)) {}

    [[nodiscard]] const boost::json::object& object() const noexcept { return *object_; }
    /// The member, or null when it is absent or JSON null.
    [[nodiscard]] const boost::json::value* find(std::string_view name) const noexcept;

    [[nodiscard]] std::string_view string_or(std::string_view name, std::string_view otherwise = {}) const noexcept;
    [[nodiscard]] std::int64_t int_or(std::string_view name, std::int64_t otherwise = 0) const noexcept;
    /// A number in the range of counts, see `clamp_count`.
    [[nodiscard]] std::int64_t count_or(std::string_view name, std::int64_t otherwise = 0) const noexcept;
    [[nodiscard]] const boost::json::object* object_or_null(std::string_view name) const noexcept;
    [[nodiscard]] const boost::json::array* array_or_null(std::string_view name) const noexcept;

    /// Each leaves \p to untouched when the member is absent.
    result<void> read(std::string_view name, std::string& to) const;
    result<void> read(std::string_view name, std::optional<bool>& to) const;
    result<void> read(std::string_view name, bool& to) const;
    result<void> read(std::string_view name, std::optional<std::int64_t>& to) const;
    result<void> read(std::string_view name, std::optional<double>& to) const;
    /// A whole number that is not negative; beyond `max_count` it is that.
    result<void> read_count(std::string_view name, std::optional<std::int64_t>& to) const;

    /// "path.name" for error messages.
    [[nodiscard]] std::string path_of(std::string_view name) const;
    /// An invalid_request: "messages[0].content: expected a string or an array".
    [[nodiscard]] error expected(std::string_view name, std::string_view what) const;

    /// Every member whose name is not in \p known, for `extra`.
    void collect_extra(std::initializer_list<std::string_view> known, std::string_view dialect,
                       extra_members& to) const;

private:
    const boost::json::object* object_;
    std::string path_;
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_read.ipp>
#endif
