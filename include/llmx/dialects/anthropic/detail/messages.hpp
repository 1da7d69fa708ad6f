// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/content.hpp>
#include <llmx/core/errc.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0 {
namespace detail {

/// platform.claude.com/docs/en/api/service-tiers: names in requests.
inline constexpr std::array<enum_word<service_tier>, 2> anthropic_tiers = {
    {{service_tier::automatic, "auto"}, {service_tier::standard, "standard_only"}}};
/// And in the usage of replies.
inline constexpr std::array<enum_word<service_tier>, 3> anthropic_reply_tiers = {
    {{service_tier::standard, "standard"}, {service_tier::priority, "priority"}, {service_tier::batch, "batch"}}};

/// Token counters as Anthropic sends them: `input` leaves out what the prompt cache read
/// or wrote.
struct anthropic_counts {
    std::int64_t input = 0, cache_read = 0, cache_write = 0, output = 0, thinking = 0;

    [[nodiscard]] usage totals() const noexcept {
        usage u;
        u.input_tokens = add_counts(input, add_counts(cache_read, cache_write));
        u.output_tokens = output;
        u.cached_tokens = cache_read;
        u.cache_write_tokens = cache_write;
        u.reasoning_tokens = thinking;
        return u;
    }
    [[nodiscard]] static anthropic_counts of(const usage& u) noexcept {
        anthropic_counts c;
        c.cache_read = u.cached_tokens;
        c.cache_write = u.cache_write_tokens;
        c.input = subtract_counts(subtract_counts(u.input_tokens, u.cached_tokens), u.cache_write_tokens);
        c.output = u.output_tokens;
        c.thinking = u.reasoning_tokens;
        return c;
    }
};

/// Overwrites the counters that the usage object \p o names.
LLMX_DECL void anthropic_read_counts(const boost::json::object& o, anthropic_counts& to) noexcept;
/// The same from text, without a tree.
LLMX_DECL void anthropic_scan_counts(std::string_view json, anthropic_counts& to);
/// Writes the four counters, cached ones included.
LLMX_DECL void anthropic_write_counts(json_writer& w, const anthropic_counts& c);

[[nodiscard]] LLMX_DECL finish_reason anthropic_finish(std::string_view stop_reason) noexcept;
/// Empty for a reason that is no clean stop.
[[nodiscard]] LLMX_DECL std::string_view anthropic_stop_reason(finish_reason r, bool called_tool,
                                                               bool refused) noexcept;

/// Writes a JSON tree, numbers in their shortest form.
LLMX_DECL void anthropic_write_json(json_writer& w, const boost::json::value& v);
[[nodiscard]] LLMX_DECL std::string anthropic_json_text(const boost::json::value& v);
/// Keeps the members that are neither in \p known nor null.
LLMX_DECL void anthropic_keep_extra(const boost::json::object& o, std::initializer_list<std::string_view> known,
                                    extra_members& to);
/// A citation with the members all vocabularies share taken out.
[[nodiscard]] LLMX_DECL citation anthropic_citation(const boost::json::object& o);
/// A thinking block's signature, its tag taken off.
LLMX_DECL void anthropic_read_signature(std::string_view text, thinking_part& to);
/// Gives the signatures that thinking blocks carried back to the calls behind them.
LLMX_DECL void anthropic_restore_call_signatures(std::vector<content_part>& parts);
/// Writes `cache_control` when there is one.
LLMX_DECL void anthropic_write_cache(json_writer& w, const std::optional<cache_control>& cache);
/// Writes the members of a citation this dialect made, as an object.
LLMX_DECL void anthropic_write_citation(json_writer& w, const citation& c);
/// Writes a web citation, the one form that a source known only by its URL fits in.
LLMX_DECL void anthropic_write_web_citation(json_writer& w, std::string_view url, std::string_view title,
                                            std::string_view quote);
/// An `errc::invalid_request` about the member \p path.
[[nodiscard]] LLMX_DECL error anthropic_bad_member(std::string path, std::string_view why);
/// Anthropic's error type for a failure that a façade reports.
[[nodiscard]] LLMX_DECL std::string_view anthropic_error_type(const error& failure) noexcept;
/// Our failure for an error that came inside a stream or a reply.
[[nodiscard]] LLMX_DECL error anthropic_failure(const boost::json::object& body);

} // namespace detail
} // namespace llmx::inline v0
