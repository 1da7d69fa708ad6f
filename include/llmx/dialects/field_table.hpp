// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/dialects/detail/field_type.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// How a codec treats one member of a vocabulary struct: an entry of a `field_table`.
struct field_rule {
    enum class treatment : std::uint8_t {
        mapped,  ///< has an equivalent, which the table reads and writes
        by_hand, ///< has an equivalent that depends on more than its value: a function reads and writes it
        lost,    ///< has no equivalent, and the answer would differ
        hint,    ///< has no equivalent, and the answer means the same
    };

    const described_member* member;
    treatment how;
    /// Name of the equivalent; of a member inside of other objects its path. Empty when it has none.
    std::string_view name;
    /// Path of the object that it is a member of, when that is not the table's own.
    std::string_view object = std::string_view();
    /// The member's value in an object of the struct.
    const void* (*value)(const void* in) noexcept = nullptr;
    const detail::field_type* type = nullptr;
    /// Numbers outside are lost instead of written.
    double least = -std::numeric_limits<double>::infinity(), most = std::numeric_limits<double>::infinity();
    /// A number, or 0 for false, that means the same as no value: it is not reported. NaN: there is none.
    double neutral = std::numeric_limits<double>::quiet_NaN();
    /// A whole number that may not be negative.
    bool is_count = false;
    /// Read, though there is nothing to write it as.
    bool is_read = false;
    /// A number outside of the range is a hint, not lost.
    bool tunes = false;
    /// Written even when it has the value of a new object.
    bool is_always = false;

    /// The rule of a member that is in \p path: the table is read and written at that object.
    [[nodiscard]] constexpr field_rule inside(std::string_view path) const noexcept {
        field_rule r = *this;
        r.object = path;
        return r;
    }
    /// The rule with a range, for a member that is mapped.
    [[nodiscard]] constexpr field_rule within(double from, double to) const noexcept {
        field_rule r = *this;
        r.least = from;
        r.most = to;
        return r;
    }
    /// The rule of a `std::optional<std::int64_t>` that counts something.
    [[nodiscard]] constexpr field_rule count() const noexcept {
        field_rule r = *this;
        r.is_count = true;
        return r;
    }
    /// The rule of a member without an equivalent that requests in the language may carry all the same, as \p path:
    /// a function reads it, and callers know it by that name.
    [[nodiscard]] constexpr field_rule named(std::string_view path) const noexcept {
        field_rule r = *this;
        r.name = path;
        return r;
    }
    /// The same where the table reads it.
    [[nodiscard]] constexpr field_rule read_as(std::string_view path) const noexcept {
        field_rule r = named(path);
        r.is_read = true;
        return r;
    }
    /// The rule of a mapped member that the language demands: it is written whatever its value.
    [[nodiscard]] constexpr field_rule always() const noexcept {
        field_rule r = *this;
        r.is_always = true;
        return r;
    }
    /// The rule of a number without which the answer means the same.
    [[nodiscard]] constexpr field_rule tuning() const noexcept {
        field_rule r = *this;
        r.tunes = true;
        return r;
    }
    /// The rule of a member that need not be reported when it is \p value.
    [[nodiscard]] constexpr field_rule unless(double value_alike) const noexcept {
        field_rule r = *this;
        r.neutral = value_alike;
        return r;
    }
};

namespace detail {
template <auto Member> [[nodiscard]] constexpr field_rule make_field(field_rule::treatment how, std::string_view name) {
    using owner = typename member_pointer<decltype(Member)>::owner;
    using type = typename member_pointer<decltype(Member)>::type;
    field_rule r{&member_of<Member>, how, name};
    r.value = [](const void* in) noexcept -> const void* { return &(static_cast<const owner*>(in)->*Member); };
    r.type = &field_type_of<type>;
    return r;
}
} // namespace detail

/// The member \p Member is called \p name and has the same values.
template <auto Member> [[nodiscard]] constexpr field_rule mapped(std::string_view name) {
    return detail::make_field<Member>(field_rule::treatment::mapped, name);
}
/// A function reads and writes \p Member; \p name is where its equivalent is as a rule.
template <auto Member> [[nodiscard]] constexpr field_rule by_hand(std::string_view name) {
    return detail::make_field<Member>(field_rule::treatment::by_hand, name);
}
template <auto Member> [[nodiscard]] constexpr field_rule lost() {
    return detail::make_field<Member>(field_rule::treatment::lost, std::string_view());
}
template <auto Member> [[nodiscard]] constexpr field_rule hint() {
    return detail::make_field<Member>(field_rule::treatment::hint, std::string_view());
}

/// A codec's handling of each member of \p T, in the order in which members are written.
///
///     inline constexpr field_table<tool_choice, 3> fields(by_hand<&tool_choice::how>("type"),
///                                                         mapped<&tool_choice::name>("name"),
///                                                         lost<&tool_choice::allowed>());
///
/// A member that is missing or occurs twice is a compile error of `accounts_for_all`. Tables are data:
/// the functions that read and write by them are the same for all.
template <class T, std::size_t N> struct field_table {
    template <class... Rules> constexpr explicit field_table(Rules... all) noexcept : rules{all...} {}
    std::array<field_rule, N> rules;

    [[nodiscard]] constexpr std::span<const field_rule> view() const noexcept { return rules; }
};

/// Makes a `field_table<T, N>` of \p all.
template <class T, class... Rules> [[nodiscard]] constexpr field_table<T, sizeof...(Rules)> fields_of(Rules... all) noexcept {
    return field_table<T, sizeof...(Rules)>(all...);
}

/// Whether \p table has each described member of \p T once.
template <class T, std::size_t N> [[nodiscard]] constexpr bool accounts_for_all(const field_table<T, N>& table) noexcept {
    std::array<int, member_count<T>> seen{};
    for (const field_rule& r : table.rules)
        if (r.member->index < seen.size()) ++seen[r.member->index];
    for (const int n : seen)
        if (n != 1) return false;
    return N == member_count<T>;
}

namespace detail {

/// Reads the mapped members, and those that are read alone, into \p object.
LLMX_DECL void read_fields(const json_cursor& from, void* object, std::span<const field_rule> rules);
/// Writes the mapped members of \p object that are set, and reports those out of range; \p at is the
/// place of the object. Members of \p but, bits `1 << described_member::index`, are not written.
LLMX_DECL void write_mapped_fields(json_writer& w, const void* object, std::span<const field_rule> rules,
                                   const request_place& at, drop_report& drops, std::uint64_t but = 0);
/// The same, and reports the members that have no equivalent.
LLMX_DECL void write_fields(json_writer& w, const void* object, std::span<const field_rule> rules,
                            const request_place& at, drop_report& drops, std::uint64_t but = 0);
/// Reports the members of \p object that have no equivalent, except those of \p but; writes nothing.
LLMX_DECL void report_fields(const void* object, std::span<const field_rule> rules, const request_place& at,
                             drop_report& drops, std::uint64_t but = 0);
/// Whether \p name is the name of an equivalent, or of an object that contains one.
LLMX_DECL [[nodiscard]] bool has_field(std::span<const field_rule> rules, std::string_view name) noexcept;
/// The rule for \p member; null when there is none.
LLMX_DECL [[nodiscard]] const field_rule* find_field_rule(std::span<const field_rule> rules,
                                                          const described_member* member) noexcept;
/// Which values of a member mean the same as an absent member.
enum class absent_values : std::uint8_t {
    null,  ///< null alone: the presence of an empty object matters
    empty, ///< the empty text, list and object, and an object of nothing but them
    flags, ///< these and false, in languages whose flags are all off by default
    proto, ///< these and all defaults of proto3: zero, and enumerators that end with UNSPECIFIED (protobuf.dev/programming-guides/json)
    usual, ///< `proto` where the document has proto3's names, otherwise `empty`
};
/// Whether \p value means the same as an absent member.
LLMX_DECL [[nodiscard]] bool is_as_absent(const boost::json::value& value, absent_values which) noexcept;
/// Keeps the members of \p from that are neither null, nor in \p rules, nor in \p known: behind
/// \p prefix, marked as hints where \p hints has them, and as absent by \p absent. Names are kept in lowerCamelCase where they are proto3's.
LLMX_DECL void keep_extra(const json_cursor& from, std::span<const field_rule> rules,
                          std::span<const std::string_view> known, std::string_view codec, std::string_view prefix,
                          std::span<const std::string_view> hints, extra_members& to,
                          absent_values absent = absent_values::usual);
/// The same for a table whose rules are in several objects: \p prefix is the path of \p from and a dot, or
/// empty for the table's own object, and a rule counts when its whole path leads through \p from.
LLMX_DECL void keep_extra_inside(const json_cursor& from, std::span<const field_rule> rules,
                                 std::span<const std::string_view> known, std::string_view codec,
                                 std::string_view prefix, std::span<const std::string_view> hints, extra_members& to,
                                 absent_values absent = absent_values::usual);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/field_table.ipp>
#endif
