// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/content.hpp>
#include <llmx/core/errc.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// platform.claude.com/docs/en/api/service-tiers: names in requests.
inline constexpr std::array<enum_word<service_tier>, 2> anthropic_tiers = {
    {{service_tier::automatic, "auto"}, {service_tier::standard, "standard_only"}}};
/// And in the usage of replies.
inline constexpr std::array<enum_word<service_tier>, 3> anthropic_reply_tiers = {
    {{service_tier::standard, "standard"}, {service_tier::priority, "priority"}, {service_tier::batch, "batch"}}};

/// Token counters as Anthropic sends them: `input` excludes tokens that the prompt cache read
/// or wrote.
struct anthropic_counts {
    std::int64_t input = 0, cache_read = 0, cache_write = 0, output = 0, thinking = 0;
    /// The part of `cache_write` that is kept for an hour; searches of the web.
    std::int64_t cache_write_1h = 0, web_searches = 0;
    std::optional<service_tier> tier = std::nullopt;
    bool fast = false, us_only = false;

    [[nodiscard]] usage totals() const noexcept {
        usage u;
        u.input_tokens = add_counts(input, add_counts(cache_read, cache_write));
        u.output_tokens = output;
        u.cached_tokens = cache_read;
        u.cache_write_tokens = cache_write;
        u.reasoning_tokens = thinking;
        u.cache_write_1h_tokens = cache_write_1h;
        u.web_searches = web_searches;
        u.tier = tier;
        u.fast = fast;
        u.us_only = us_only;
        return u;
    }
    [[nodiscard]] static anthropic_counts of(const usage& u) noexcept {
        anthropic_counts c;
        c.cache_read = u.cached_tokens;
        c.cache_write = u.cache_write_tokens;
        c.input = subtract_counts(subtract_counts(u.input_tokens, u.cached_tokens), u.cache_write_tokens);
        c.output = u.output_tokens;
        c.thinking = u.reasoning_tokens;
        c.cache_write_1h = u.cache_write_1h_tokens;
        c.web_searches = u.web_searches;
        c.tier = u.tier;
        c.fast = u.fast;
        c.us_only = u.us_only;
        return c;
    }
};

/// A built-in tool of the API in the version that all models with it take (platform.claude.com/docs, "Tool reference").
struct messages_builtin {
    builtin_kind kind;
    /// The version's type is the name and a date.
    std::string_view name, type;
};
inline constexpr std::array<messages_builtin, 3> messages_builtins = {
    {{builtin_kind::web_search, "web_search", "web_search_20250305"},
     {builtin_kind::web_fetch, "web_fetch", "web_fetch_20250910"},
     {builtin_kind::code_execution, "code_execution", "code_execution_20250825"}}};

/// platform.claude.com/docs/en/build-with-claude/effort. An effort below "low" is written as "low".
inline constexpr std::array<enum_word<reasoning_effort>, 6> messages_efforts = {{{reasoning_effort::low, "low"},
                                                                                 {reasoning_effort::minimal, "low"},
                                                                                 {reasoning_effort::medium, "medium"},
                                                                                 {reasoning_effort::high, "high"},
                                                                                 {reasoning_effort::xhigh, "xhigh"},
                                                                                 {reasoning_effort::max, "max"}}};

/// `tool_choice.type`.
inline constexpr std::array<enum_word<tool_choice::mode>, 4> messages_choices = {{{tool_choice::mode::automatic, "auto"},
                                                                                  {tool_choice::mode::required, "any"},
                                                                                  {tool_choice::mode::function, "tool"},
                                                                                  {tool_choice::mode::none, "none"}}};

/// Overwrites the counters that the usage object \p in names.
LLMX_DECL void messages_read_counts(const json_cursor& in, anthropic_counts& to) noexcept;
/// The same from text, without a tree.
LLMX_DECL void anthropic_scan_counts(std::string_view json, anthropic_counts& to);
/// Writes the four counters, cached ones included.
LLMX_DECL void messages_write_counts(json_writer& w, const anthropic_counts& c);
/// Writes `cache_creation`: what is kept for an hour and for five minutes; null when nothing is kept for an hour, as then
/// `cache_creation_input_tokens` has all of it.
LLMX_DECL void messages_write_cache_times(json_writer& w, const anthropic_counts& c);
/// Writes `server_tool_use`: how often the web was searched; null for never. The vendor's libraries demand both members of the object.
LLMX_DECL void messages_write_tool_use(json_writer& w, const anthropic_counts& c);

LLMX_DECL [[nodiscard]] finish_reason messages_finish(std::string_view stop_reason) noexcept;
/// Empty for a reason that is not a clean stop.
LLMX_DECL [[nodiscard]] std::string_view messages_stop_reason(finish_reason r, bool called_tool, bool refused) noexcept;

/// Members, of whichever object, that describe or tune (docs/fidelity.md): where and how fast the answer is made, what is cached and cleared,
/// how arguments are cut into events, how tools are shown and found (Model Context Protocol), how much is thought; the version and the
/// betas, which Bedrock and Vertex AI have in bodies; what clients' libraries put into blocks of a reply, which they send back.
/// Source: platform.claude.com/docs/en/api/messages and the pages of its beta features.
inline constexpr std::string_view messages_hints[] = {
    "inference_geo", "speed", "diagnostics", "context_management", "betas", "user_profile_id", "eager_input_streaming", "defer_loading",
    "allowed_callers", "input_examples", "display", "task_budget", "annotations", "title", "outputSchema", "output_schema", "_meta", "index",
    "id", "partial_json", "anthropic_beta", "anthropic_version"};
/// Members that refer to a conversation, or to a part of one, which only Anthropic has.
inline constexpr std::string_view messages_states[] = {"thread", "container"};
/// Keeps the members of \p in that are neither as absent (flags of this API are off by default) nor in \p rules or \p known, marked as
/// hints where they are in `messages_hints`.
LLMX_DECL inline void messages_keep_extra(const json_cursor& in, std::span<const field_rule> rules, extra_members& to,
                                   std::initializer_list<std::string_view> known);
/// Keeps \p in whole, as \p name, when it has members besides \p known: encoders then write it instead of their own. It is a
/// hint when \p hint is true or each of those members is in `messages_hints`.
LLMX_DECL void messages_keep_whole(const json_cursor& in, std::initializer_list<std::string_view> known,
                                   std::string_view name, extra_members& to, bool hint = false);
/// The JSON text of \p name in the extra members of this language; null when it has none.
LLMX_DECL [[nodiscard]] const raw_json* messages_own(const extra_members& extra, std::string_view name) noexcept;

/// A citation with the members all vocabularies share taken out.
LLMX_DECL [[nodiscard]] citation messages_read_citation(const json_cursor& in);
/// A thinking block's signature, its tag taken off.
LLMX_DECL void messages_read_signature(std::string_view text, thinking_part& to);
/// Writes `cache_control` when there is one, unless \p extra has it whole.
LLMX_DECL void messages_write_cache(json_writer& w, const std::optional<cache_control>& cache, const extra_members& extra);
/// Writes the members of a citation of this language, as an object.
LLMX_DECL void messages_write_citation(json_writer& w, const citation& c);
/// Writes a web citation, the one form that a source known only by its URL fits in.
LLMX_DECL void messages_write_web_citation(json_writer& w, std::string_view url, std::string_view title,
                                           std::string_view quote);
/// An `errc::invalid_request` about the member \p path, for the scan.
LLMX_DECL [[nodiscard]] error anthropic_bad_member(std::string path, std::string_view why);
/// Anthropic's error type for a failure that a façade reports.
LLMX_DECL [[nodiscard]] std::string_view messages_error_type(const error& failure) noexcept;
/// The failure that corresponds to an error inside a stream or a reply.
LLMX_DECL [[nodiscard]] error messages_failure(const json_cursor& body);

} // namespace detail
} // namespace llmx::inline LLMX_ABI
