// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// Its address is the identity of \p T.
template <class T> inline constexpr char settings_type = 0;
} // namespace detail

/// An immutable value of any type, shared by all copies: the settings of one provider, which only
/// that provider names.
///
/// ```
/// azure_openai::settings own;
/// own.api_version = "2025-04-01-preview";
/// d.settings = any_settings::of(own);
/// ```
///
/// Thread safety: as the value is const, copies may be read from all threads. Lifetime: the value
/// is valid as long as the last copy.
class any_settings {
public:
    /// Holds nothing: `get` returns defaults.
    any_settings() = default;

    /// Holds \p value. Throws `std::bad_alloc`.
    template <std::copy_constructible T> [[nodiscard]] static any_settings of(T value) {
        any_settings made;
        made.value_ = std::make_shared<const T>(std::move(value));
        made.type_ = &detail::settings_type<T>;
        return made;
    }

    [[nodiscard]] bool empty() const noexcept { return type_ == nullptr; }
    /// Whether the value is a \p T.
    template <class T> [[nodiscard]] bool holds() const noexcept { return type_ == &detail::settings_type<T>; }

    /// The value, or a default-constructed \p T of static storage duration when this holds
    /// nothing or another type. The reference is valid as long as any copy exists.
    template <std::default_initializable T> [[nodiscard]] const T& get() const {
        if (holds<T>()) return *static_cast<const T*>(value_.get());
        static const T none{};
        return none;
    }

private:
    std::shared_ptr<const void> value_;
    const void* type_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI
