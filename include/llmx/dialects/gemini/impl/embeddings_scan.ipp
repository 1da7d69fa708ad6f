// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/gemini/impl/generate_scan.ipp>
#include <llmx/wire/json_scan.hpp>

#include <cstddef>

namespace llmx::inline v0 {
namespace detail {

/// The model that a body's member names; empty when it has escapes.
[[nodiscard]] LLMX_DECL std::string_view gemini_embed_model(const json_member& m) noexcept {
    std::string_view model = plain_json_string(m.value).value_or(std::string_view());
    if (model.starts_with("models/")) model.remove_prefix(7);
    return model;
}

/// One of the requests of a batch. A model in it makes the body one that is written anew.
LLMX_DECL result<void> gemini_embed_scan_one(std::string_view text, std::size_t index, request_head& head) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv);
    if (!text.starts_with('{')) return proto_at(proto_expected({}, "an object"), "requests", index);
    bool seen = false;
    auto done = scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (!m.named("model")) return routed.check(m);
        if (seen) return member_given_twice(m);
        seen = true;
        if (is_json_null(m.value)) return success();
        if (!is_json_string(m.value)) return proto_expected("model", "a string");
        head.must_translate = true;
        if (head.model.empty()) head.model = gemini_embed_model(m);
        return success();
    });
    if (done.has_error() && !done.error().param().empty()) return proto_at(done.error(), "requests", index);
    return done;
}

LLMX_DECL result<void> gemini_embed_scan_requests(std::string_view value, request_head& head, std::size_t& count) {
    // proto3's JSON lets an array of one message be the message alone.
    if (value.starts_with('{')) return gemini_embed_scan_one(value, count++, head);
    if (!value.starts_with('[')) return proto_expected("requests", "an array");
    const auto one = [&](const json_member& e) { return gemini_embed_scan_one(e.value, count++, head); };
    return scan_json_elements(value, one);
}

/// `model` beside what is embedded: the target's alone is routed.
LLMX_DECL result<void> gemini_embed_scan_model(std::string_view body, const json_member& m,
                                               const request_target& target, request_head& head) {
    if (!is_json_string(m.value) && !is_json_null(m.value)) return proto_expected("model", "a string");
    if (!target.model.empty()) gemini_cut_member(body, m, head);
    else if (!is_json_null(m.value)) head.model = gemini_embed_model(m);
    return success();
}

} // namespace detail

LLMX_DECL result<request_head> gemini_batch_embed::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("requests"sv, "model"sv);
    request_head head;
    head.model = target.model;
    std::size_t count = 0;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("requests")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            return detail::gemini_embed_scan_requests(m.value, head, count);
        }
        if (m.named("model")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            return detail::gemini_embed_scan_model(body, m, target, head);
        }
        return routed.check(m);
    });
    if (done.has_error()) return done.error();
    if (count == 0) return detail::proto_expected("requests", "at least one request");
    return head;
}

LLMX_DECL result<request_head> gemini_embed::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("content"sv, "model"sv);
    request_head head;
    head.model = target.model;
    bool has_content = false;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("content")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            if (!m.value.starts_with('{')) return detail::proto_expected("content", "an object");
            has_content = true;
            return success();
        }
        if (m.named("model")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            return detail::gemini_embed_scan_model(body, m, target, head);
        }
        return routed.check(m);
    });
    if (done.has_error()) return done.error();
    if (!has_content) return detail::proto_expected("content", "an object");
    return head;
}

} // namespace llmx::inline v0
