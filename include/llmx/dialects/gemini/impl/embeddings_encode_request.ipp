// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/gemini/detail/embeddings_fields.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p extra was read by one of the two codecs here: the members are the same in both.
LLMX_DECL [[nodiscard]] bool gemini_embed_owns(const extra_members& extra) noexcept {
    return extra.speaks(gemini_batch_embed::name) || extra.speaks(gemini_embed::name);
}

/// The elements of a JSON array without its brackets; empty when it has none.
LLMX_DECL [[nodiscard]] std::string_view gemini_embed_elements(std::string_view array) noexcept {
    const std::size_t begin = array.find('['), end = array.rfind(']');
    if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return std::string_view();
    const std::string_view elements = array.substr(begin + 1, end - begin - 1);
    return elements.find_first_not_of(" \t\r\n") != std::string_view::npos ? elements : std::string_view();
}

LLMX_DECL void gemini_embed_write_content(json_writer& w, const embedding_input& input) {
    constexpr std::string_view kept = "content.parts";
    const bool owns = gemini_embed_owns(input.extra);
    const raw_json* const others = owns ? input.extra.find(kept) : nullptr;
    const std::string_view rest = others != nullptr ? gemini_embed_elements(others->text) : std::string_view();
    w.key("content").object().key("parts").array();
    if (rest.empty() || !input.text.empty()) w.object().member("text", input.text).end_object();
    if (!rest.empty()) w.raw(rest);
    w.end_array();
    if (owns) write_nested_extra(w, input.extra, gemini_embed_nested[0], kept);
    w.end_object();
}

/// The settings of \p input, or else of all inputs.
LLMX_DECL void gemini_embed_write_settings(json_writer& w, const embedding_request& request, const embedding_input& input,
                                           const request_place& at, drop_report& drops) {
    for (const field_rule& own : gemini_embed_input_fields.rules) {
        if (own.how != field_rule::treatment::mapped) continue;
        if (own.type->is_set(own.value(&input))) {
            write_fields(w, &input, std::span(&own, 1), at, drops);
            continue;
        }
        for (const field_rule& shared : gemini_embed_fields.rules)
            if (shared.name == own.name) write_fields(w, &request, std::span(&shared, 1), request_place(), drops);
    }
}

/// The members of one EmbedContentRequest.
LLMX_DECL void gemini_embed_write_one(json_writer& w, const embedding_request& request, std::size_t index,
                                      drop_report& drops) {
    const embedding_input& input = request.inputs[index];
    const request_place at = request_place().of<&embedding_request::inputs>().item(index);
    gemini_embed_write_content(w, input);
    gemini_embed_write_settings(w, request, input, at, drops);
    if (!gemini_embed_owns(input.extra)) return drops.foreign(input.extra, std::string_view(), at);
    const auto in_config = [](const auto& m) { return is_nested_extra(m.name, gemini_embed_nested[1]); };
    if (std::any_of(input.extra.members.begin(), input.extra.members.end(), in_config)) {
        w.key("embedContentConfig").object();
        write_nested_extra(w, input.extra, gemini_embed_nested[1]);
        w.end_object();
    }
    write_outer_extra(w, input.extra, gemini_embed_nested);
}

/// Whether the call takes the inputs.
LLMX_DECL [[nodiscard]] result<void> gemini_embed_check(const embedding_request& request, gemini_embed_inputs inputs,
                                                        drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(place, "expected at least one input");
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (request.inputs[i].is_tokens())
            return drops.refuse(place.item(i), "expected text, since Google's embeddings take no token ids",
                                errc::unsupported_parameter);
    if (inputs == gemini_embed_inputs::one && request.inputs.size() > 1)
        return drops.refuse(place.item(1), "expected one input alone; Google's batchEmbedContents takes several",
                            errc::unsupported_parameter);
    return success();
}

LLMX_DECL result<void> gemini_embed_encode(const embedding_request& request, const encode_options& options,
                                           std::string& out, drop_report& drops, gemini_embed_inputs inputs) {
    if (auto fits = gemini_embed_check(request, inputs, drops); fits.has_error()) return fits;
    report_fields(&request, gemini_embed_fields.view(), request_place(), drops);
    // Unlike an input's, the members beside "requests" and those beside "content" are not the same: a name that means nothing
    // in one call has a meaning in the other.
    const std::string_view codec = inputs == gemini_embed_inputs::one ? gemini_embed::name : gemini_batch_embed::name;
    drops.foreign(request.extra, codec, request_place());
    json_writer w(out);
    w.object();
    if (inputs == gemini_embed_inputs::one) {
        gemini_embed_write_one(w, request, 0, drops);
    } else {
        const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
        // A name with a slash is a resource's already: "tunedModels/x".
        std::string resource(model.find('/') == std::string_view::npos ? "models/" : "");
        resource += model;
        w.key("requests").array();
        for (std::size_t i = 0; i < request.inputs.size(); ++i) {
            w.object().member("model", resource);
            gemini_embed_write_one(w, request, i, drops);
            w.end_object();
        }
        w.end_array();
    }
    if (request.extra.speaks(codec)) write_outer_extra(w, request.extra, {});
    w.end_object();
    return success();
}

LLMX_DECL std::string gemini_embed_path(const request_place& at, gemini_embed_inputs inputs) {
    static constexpr std::array<std::span<const field_rule>, 2> one = {gemini_embed_fields.view(),
                                                                       gemini_embed_input_fields.view()},
                                                                several = {gemini_batch_embed_fields.view(),
                                                                           gemini_embed_input_fields.view()};
    if (inputs == gemini_embed_inputs::several) return wire_path(at, several);
    if (!at.is<&embedding_request::inputs>()) return wire_path(at, one);
    // The one input is the whole of the request.
    if (at.inner() == nullptr && at.other_name().empty()) return "content";
    return wire_path(at.without_item(), one);
}

} // namespace llmx::inline LLMX_ABI::detail
