// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A JSON Schema in the subset that Claude's structured output enforces.
///
/// Source: platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations"; Bedrock has the same ones
/// (docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html).
struct closed_schema {
    enum class outcome : std::uint8_t {
        exact,         ///< means the same
        relaxed,       ///< some restrictions are only in descriptions
        inexpressible, ///< the subset has no such schema: recursion, maps, tuples, references to other documents
        malformed,     ///< not a JSON object
    };
    outcome how = outcome::inexpressible;
    std::string text;

    [[nodiscard]] bool usable() const noexcept { return how == outcome::exact || how == outcome::relaxed; }
};

/// Closes every object of \p schema, moves bounds of numbers, texts and arrays, unknown formats and patterns that look around into
/// descriptions, and writes `oneOf` as `anyOf`. A schema that needs no change keeps its text.
LLMX_DECL [[nodiscard]] closed_schema close_schema(std::string_view schema);
/// The same for the arguments of a function: no schema, or an object's without members, is that of a function without arguments.
LLMX_DECL [[nodiscard]] closed_schema close_arguments(std::string_view schema);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/closed_schema.ipp>
#endif
