// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reads `value; name=token; name="quoted"`, the form of Content-Type and Content-Disposition.
///
/// `next` gives one parameter after the other. Malformed text ends the iteration and sets
/// `malformed`; nothing is guessed, because two readers that guess differently read two messages.
/// Thread safety: none. Lifetime: \p field must outlive the reader and the names it gives.
/// Source: RFC 9110 sections 5.6.6 (parameters) and 5.6.4 (quoted strings).
class field_parameters {
public:
    /// One parameter; the name is a view into the field.
    struct parameter {
        parameter() = default;
        std::string_view name;
        /// Without quotes; escaped characters decoded.
        std::string value;
    };

    LLMX_DECL explicit field_parameters(std::string_view field);

    /// The text before the first ";", without white space around it.
    [[nodiscard]] std::string_view value() const noexcept { return value_; }
    /// The next parameter; nothing at the end or when the text is malformed.
    LLMX_DECL [[nodiscard]] std::optional<parameter> next();
    [[nodiscard]] bool malformed() const noexcept { return malformed_; }

private:
    LLMX_DECL [[nodiscard]] bool read_quoted(std::string& out);

    std::string_view value_, rest_;
    bool malformed_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/field_parameters.ipp>
#endif
