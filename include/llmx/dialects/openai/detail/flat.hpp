// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <string>
#include <string_view>

/// \file
/// The parts that OpenAI's operations without events share, with those of vendors whose requests name a model and report failures as
/// OpenAI's do.

namespace llmx::inline LLMX_ABI::detail {

/// The common part of their codecs.
struct openai_flat_codec {
    static constexpr std::string_view language = "openai";
    static constexpr bool model_in_body = true;

    /// Those of `openai_chat`.
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const error& failure, std::string& out);
};

inline constexpr std::string_view openai_flat_model = "the name of a model";

/// Members of requests that change no answer: caching and abuse detection
/// (platform.openai.com/docs/api-reference/chat/create, which compatible servers accept elsewhere too).
inline constexpr std::array<std::string_view, 4> openai_flat_hints = {"prompt_cache_key", "prompt_cache_retention",
                                                                      "safety_identifier", "store"};

/// Reads `model`; that of \p target, when it has one, wins.
LLMX_DECL void openai_flat_read_model(const json_cursor& in, const request_target& target, std::string& to);
/// The failure that the error object \p json is.
LLMX_DECL [[nodiscard]] error openai_flat_failure(std::string_view json);
/// The member `model` of a request that is scanned.
LLMX_DECL [[nodiscard]] result<void> openai_flat_scan_model(const json_member& m, request_head& head, bool& has_model);

/// Scans a JSON request for the values that routing needs. \p on_member(member, head) returns `result<void>` and is called
/// for the members that \p routed names beside `model`, at most once for each.
template <std::size_t N, class OnMember>
[[nodiscard]] result<request_head> openai_flat_scan(std::string_view body, const request_target& target,
                                                    const routed_members<N>& routed, OnMember on_member) {
    request_head head;
    bool has_model = false;
    members_seen seen;
    const auto take = [&](const json_member& m) -> result<void> {
        const std::size_t which = routed.find(m);
        if (which == N) return routed.check(m);
        if (seen.again(static_cast<unsigned>(which))) return member_given_twice(m);
        if (routed.name(which) == "model") return openai_flat_scan_model(m, head, has_model);
        return on_member(m, head);
    };
    if (const auto done = scan_json_members(body, take); done.has_error()) return done.error();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return member_expected("model", openai_flat_model);
    return head;
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/flat.ipp>
#endif
