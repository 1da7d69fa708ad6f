// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The type of a member's values, for wires that do not write them as JSON.
enum class field_kind : std::uint8_t {
    other, ///< only functions read and write it
    text,
    texts, ///< a list
    number, optional_number,
    optional_whole,
    flag, optional_flag,
    json,
    extra, ///< members that the vocabulary does not have
};

/// The properties of a member's type that tables need, without its name.
struct field_type {
    /// Whether a value differs from that of a new object.
    bool (*is_set)(const void* value) noexcept;
    /// Null for types that only functions can read.
    void (*read)(const json_cursor& from, void* value);
    void (*write)(json_writer& w, const void* value);
    /// The value as a number, true as 1; NaN when it is not a number.
    double (*number)(const void* value) noexcept;
    field_kind kind = field_kind::other;
};

template <class T> [[nodiscard]] bool field_is_set(const void* p) noexcept {
    const T& value = *static_cast<const T*>(p);
    if constexpr (requires { value.has_value(); }) return value.has_value();
    else if constexpr (requires { value.empty(); }) return !value.empty();
    else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) return value != T();
    else return !(value == T());
}

template <class T> [[nodiscard]] double field_number(const void* p) noexcept {
    const T& value = *static_cast<const T*>(p);
    if constexpr (std::is_arithmetic_v<T>) return static_cast<double>(value);
    else if constexpr (requires { static_cast<double>(*value); value.has_value(); })
        return value.has_value() ? static_cast<double>(*value) : std::numeric_limits<double>::quiet_NaN();
    else return std::numeric_limits<double>::quiet_NaN();
}

template <class T> void write_field(json_writer& w, const void* p) {
    const T& value = *static_cast<const T*>(p);
    if constexpr (requires { *value; value.has_value(); }) value.has_value() ? w.value(*value) : w.null();
    else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        w.array();
        for (const std::string& one : value) w.value(one);
        w.end_array();
    } else w.value(value);
}

template <class T> void read_field(const json_cursor& from, void* p) {
    T& value = *static_cast<T*>(p);
    if constexpr (std::is_same_v<T, raw_json>) from.read_object(value);
    else if constexpr (std::is_same_v<T, double>) {
        std::optional<double> number;
        from.read(number);
        if (number) value = *number;
    } else from.read(value);
}

template <class T> inline constexpr field_kind field_kind_of = field_kind::other;
template <> inline constexpr field_kind field_kind_of<std::string> = field_kind::text;
template <> inline constexpr field_kind field_kind_of<std::vector<std::string>> = field_kind::texts;
template <> inline constexpr field_kind field_kind_of<double> = field_kind::number;
template <> inline constexpr field_kind field_kind_of<std::optional<double>> = field_kind::optional_number;
template <> inline constexpr field_kind field_kind_of<std::optional<std::int64_t>> = field_kind::optional_whole;
template <> inline constexpr field_kind field_kind_of<bool> = field_kind::flag;
template <> inline constexpr field_kind field_kind_of<std::optional<bool>> = field_kind::optional_flag;
template <> inline constexpr field_kind field_kind_of<raw_json> = field_kind::json;
template <> inline constexpr field_kind field_kind_of<extra_members> = field_kind::extra;

/// Types that tables themselves read and write.
template <class T>
inline constexpr bool is_plain_field = field_kind_of<T> != field_kind::other && field_kind_of<T> != field_kind::extra;

template <class T> [[nodiscard]] constexpr field_type make_field_type() noexcept {
    if constexpr (is_plain_field<T>)
        return {&field_is_set<T>, &read_field<T>, &write_field<T>, &field_number<T>, field_kind_of<T>};
    else return {&field_is_set<T>, nullptr, nullptr, &field_number<T>, field_kind_of<T>};
}

template <class T> inline constexpr field_type field_type_of = make_field_type<T>();

} // namespace llmx::inline LLMX_ABI::detail
