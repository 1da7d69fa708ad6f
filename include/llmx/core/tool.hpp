// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/content.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The function of a vendor's built-in tool, where several vendors have an equivalent.
enum class builtin_kind : std::uint8_t { other, web_search, web_fetch, code_execution };

/// Settings of a search of the web, where several vendors have an equivalent. What is empty is the vendor's to decide.
struct web_search_options {
    web_search_options() = default;
    /// How much of what it finds the model reads: "low", "medium" or "high".
    std::string context_size;
    /// Most searches in one answer.
    std::optional<std::int64_t> max_uses;
    /// The only sites whose pages are found, and sites whose pages are not.
    std::vector<std::string> allowed_domains, blocked_domains;
    /// About where the user is: the name of the city, of the region, the country's code (ISO 3166-1 alpha-2), the time zone (IANA).
    std::string city, region, country, timezone;
    [[nodiscard]] bool has_location() const noexcept {
        return !city.empty() || !region.empty() || !country.empty() || !timezone.empty();
    }
    friend bool operator==(const web_search_options&, const web_search_options&) = default;
};
LLMX_DESCRIBE(web_search_options, (context_size, max_uses, allowed_domains, blocked_domains, city, region, country, timezone))

/// A server of the Model Context Protocol whose tools the vendor itself calls, without asking before a call.
struct mcp_server {
    mcp_server() = default;
    /// The label under which calls name it; its URL; a token that it demands, or none.
    std::string name, url, authorization;
    /// The only tools that the model sees; empty: all.
    std::vector<std::string> allowed_tools;
    friend bool operator==(const mcp_server&, const mcp_server&) = default;
};

/// A function the model may call, or a vendor's built-in tool.
struct tool {
    tool() = default;
    /// \p schema is the JSON Schema (draft 2020-12 as far as vendors go) of the arguments.
    tool(std::string function, std::string what_it_does, std::string schema) noexcept
        : name(std::move(function)), description(std::move(what_it_does)), parameters(std::move(schema)) {}

    std::string name;
    std::string description;
    /// JSON Schema text; empty for a function without parameters.
    raw_json parameters;
    /// Request arguments that follow the schema exactly.
    std::optional<bool> strict;
    std::optional<cache_control> cache;
    /// Set for tools that are not functions (web search, code execution, ...): the
    /// whole definition in the form of the dialect that can express it.
    std::optional<opaque_part> builtin;
    /// The function of `builtin`: a codec of another language writes its own tool of the kind, and reports
    /// that as a hint.
    builtin_kind kind = builtin_kind::other;
    /// The settings of a search of the web that `builtin` has, for codecs of other languages.
    std::optional<web_search_options> search;
    /// The server that `builtin` names, for codecs of other languages. What that has and this has not is in `extra`.
    std::optional<mcp_server> mcp;
    extra_members extra;
    friend bool operator==(const tool&, const tool&) = default;
};
LLMX_DESCRIBE(tool, (name, description, parameters, strict, cache, builtin, kind, search, mcp, extra))

/// Whether the model must call a tool, and which.
struct tool_choice {
    enum class mode : std::uint8_t { automatic, none, required, function };
    tool_choice() = default;
    explicit tool_choice(mode m) noexcept : how(m) {}
    [[nodiscard]] static tool_choice function(std::string n) {
        tool_choice c(mode::function);
        c.name = std::move(n);
        return c;
    }
    mode how = mode::automatic;
    /// Function to call, with `mode::function`.
    std::string name;
    /// With `mode::automatic` and `mode::required` the names of the only tools that may be called; empty: all. Tools that a
    /// vendor runs itself and that have no name are not affected.
    std::vector<std::string> allowed;
    friend bool operator==(const tool_choice&, const tool_choice&) = default;
};
LLMX_DESCRIBE(tool_choice, (how, name, allowed))

} // namespace llmx::inline LLMX_ABI
