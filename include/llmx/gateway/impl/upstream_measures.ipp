// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/detail/pixel_size.hpp>
#include <llmx/core/images.hpp>
#include <llmx/core/video.hpp>
#include <llmx/core/web_search.hpp>
#include <llmx/dialects/openai/detail/form.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string_view>

// What a request states that the price of an answer's units depends on.

namespace llmx::inline LLMX_ABI::detail {

/// Members of a request that prices depend on, as they are found.
class measure_reader {
public:
    measure_reader(unit_measures& measures, usage& tokens) noexcept : measures_(&measures), tokens_(&tokens) {}

    LLMX_DECL void size(std::string_view text) noexcept {
        const pixel_size read = read_pixel_size(text);
        measures_->width = read.width;
        measures_->height = read.height;
    }
    LLMX_DECL void quality(std::string_view word) noexcept {
        constexpr std::string_view words[] = {"", "low", "medium", "high", "standard", "hd"};
        const auto* const found = std::find(std::begin(words) + 1, std::end(words), word);
        if (found != std::end(words)) measures_->quality = static_cast<image_quality>(found - words);
    }
    LLMX_DECL void depth(std::string_view word) noexcept {
        if (word == "low") measures_->depth = search_depth::low;
        else if (word == "medium") measures_->depth = search_depth::medium;
        else if (word == "high") measures_->depth = search_depth::high;
    }
    LLMX_DECL void results(std::int64_t n) noexcept { measures_->results = static_cast<std::uint16_t>(std::clamp<std::int64_t>(n, 0, 65535)); }
    /// The length that is asked for is charged; the answer has the vendor's default.
    LLMX_DECL void seconds(std::int64_t n) noexcept {
        constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max() / 1000;
        if (n > 0) tokens_->output_milliseconds = static_cast<std::uint32_t>(std::min(n, most) * 1000);
    }
    LLMX_DECL void seconds(std::string_view digits) noexcept {
        std::int64_t n = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        if (read.ec == std::errc() && read.ptr == digits.data() + digits.size()) seconds(n);
    }

    LLMX_DECL void read(const call& c) {
        if (c.in.made_by_program()) return read_typed(c);
        if (!c.in.codec->json_request) return read_form_of(c);
        static_cast<void>(for_each_member(c.in.body, c.in.members, [this, &c](const json_member& m) {
            if (c.in.operation == &chat::info) return read_chat(m);
            if (c.in.operation == &web_search::info) {
                if (m.named("max_results")) results(json_count(m.value).value_or(0));
                return;
            }
            const std::string_view text = plain_json_string(m.value).value_or(std::string_view());
            if (m.named("size")) size(text);
            else if (m.named("quality")) quality(text);
            else if (m.named("seconds") && c.in.operation == &video::info) text.empty() ? seconds(json_count(m.value).value_or(0)) : seconds(text);
        }));
    }

private:
    /// `web_search_options` of Chat Completions, and the tool of Responses.
    LLMX_DECL void read_chat(const json_member& m) {
        const auto options = [this](const json_member& o) {
            static_cast<void>(scan_json_members(o.value, [this](const json_member& inner) {
                if (inner.named("search_context_size")) depth(plain_json_string(inner.value).value_or(std::string_view()));
            }));
        };
        if (m.named("web_search_options") && m.value.starts_with('{')) options(m);
        else if (m.named("tools") && m.value.starts_with('[')) static_cast<void>(scan_json_elements(m.value, options));
    }
    LLMX_DECL void read_form_of(const call& c) {
        // Of a form that is still arriving the beginning is there.
        static_cast<void>(read_form(c.in.body, c.in.content_type, [this, &c](const form_part& p) -> result<void> {
            if (p.is_file()) return success();
            if (p.named("size")) size(p.data);
            else if (p.named("quality")) quality(p.data);
            else if (p.named("seconds") && c.in.operation == &video::info) seconds(p.data);
            return success();
        }));
    }
    LLMX_DECL void read_typed(const call& c) {
        if (const auto* const image = c.in.canonical.get<image_request>(); image != nullptr) {
            size(image->size);
            quality(image->quality);
        } else if (const auto* const moving = c.in.canonical.get<video_request>(); moving != nullptr) {
            size(moving->size);
            seconds(moving->seconds.value_or(0));
        } else if (const auto* const search = c.in.canonical.get<search_request>(); search != nullptr) {
            results(search->max_results.value_or(0));
        } else if (const auto* const asked = c.in.canonical.get<chat_request>(); asked != nullptr) {
            for (const tool& t : asked->tools)
                if (t.search) depth(t.search->context_size);
        }
    }

    unit_measures* measures_;
    usage* tokens_;
};

LLMX_DECL void note_measures(call& c) {
    usage& t = c.report.tokens;
    c.report.measures = unit_measures();
    if ((t.images | t.search_units) == 0 && t.output_milliseconds == 0 && t.web_searches <= 0) return;
    measure_reader(c.report.measures, t).read(c);
    if (c.report.facts == nullptr && c.now.target->price_list == nullptr) return;
    if (const model_facts* const priced = facts_priced_by(*c.now.target, c.report.upstream_model, t, c.report.measures); priced != nullptr)
        c.report.facts = priced;
}

} // namespace llmx::inline LLMX_ABI::detail
