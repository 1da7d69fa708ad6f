// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/gemini/impl/generate_scan.ipp>
#include <llmx/wire/json_scan.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

/// The model that a body's member names; empty when it has escapes.
LLMX_DECL [[nodiscard]] std::string_view gemini_embed_model(const json_member& m) noexcept {
    std::string_view model = plain_json_string(m.value).value_or(std::string_view());
    if (model.starts_with("models/")) model.remove_prefix(7);
    return model;
}

/// One of the requests of a batch. A model in it makes the body one that is written anew.
LLMX_DECL result<void> gemini_embed_scan_one(std::string_view text, std::size_t index, request_head& head) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("model"sv);
    if (!text.starts_with('{')) return member_expected("requests[" + std::to_string(index) + "]", "an object");
    bool seen = false;
    auto done = scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (!m.named("model")) return routed.check(m);
        if (seen) return member_given_twice(m);
        seen = true;
        if (is_json_null(m.value)) return success();
        if (!is_json_string(m.value)) return member_expected("model", "a string");
        head.must_translate = true;
        if (head.model.empty()) head.model = gemini_embed_model(m);
        return success();
    });
    if (done.has_error() && !done.error().param().empty()) return member_of_element(done.error(), "requests", index);
    return done;
}

LLMX_DECL result<void> gemini_embed_scan_requests(std::string_view value, request_head& head, std::size_t& count) {
    // proto3's JSON allows the message alone in place of an array of one message.
    if (value.starts_with('{')) return gemini_embed_scan_one(value, count++, head);
    if (!value.starts_with('[')) return member_expected("requests", "an array");
    const auto one = [&](const json_member& e) { return gemini_embed_scan_one(e.value, count++, head); };
    return scan_json_elements(value, one);
}

/// `model` beside the content: only the target's model is routed.
LLMX_DECL result<void> gemini_embed_scan_model(std::string_view body, const json_member& m,
                                               const request_target& target, request_head& head) {
    if (!is_json_string(m.value) && !is_json_null(m.value)) return member_expected("model", "a string");
    if (!target.model.empty()) gemini_cut_member(body, m, head);
    else if (!is_json_null(m.value)) head.model = gemini_embed_model(m);
    return success();
}

LLMX_DECL result<void> gemini_embed_scan_input(const json_member& m, gemini_embed_inputs inputs, request_head& head,
                                               std::size_t& count) {
    if (inputs == gemini_embed_inputs::several) return gemini_embed_scan_requests(m.value, head, count);
    if (!m.value.starts_with('{')) return member_expected("content", "an object");
    ++count;
    return success();
}

LLMX_DECL result<request_head> gemini_embed_scan(std::string_view body, const request_target& target,
                                                 gemini_embed_inputs inputs) {
    using namespace std::string_view_literals;
    static constexpr routed_members batch("requests"sv, "model"sv), single("content"sv, "model"sv);
    const bool several = inputs == gemini_embed_inputs::several;
    const auto& routed = several ? batch : single;
    request_head head;
    head.model = target.model;
    std::size_t count = 0;
    members_seen seen;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        const std::size_t which = routed.find(m);
        if (which == 2) return routed.check(m);
        if (seen.again(static_cast<unsigned>(which))) return member_given_twice(m);
        if (which == 1) return gemini_embed_scan_model(body, m, target, head);
        return gemini_embed_scan_input(m, inputs, head, count);
    });
    if (done.has_error()) return done.error();
    if (count == 0 && several) return member_expected("requests", "at least one request");
    if (count == 0) return member_expected("content", "an object");
    return head;
}

} // namespace llmx::inline LLMX_ABI::detail
