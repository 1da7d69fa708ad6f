// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/wire/json_array_stream.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::array<bedrock_vendor, 5> bedrock_vendors = {
    {{"anthropic", "top_k", bedrock_vendor::thinking::claude, true, true, true},
     {"amazon", "inferenceConfig.topK", bedrock_vendor::thinking::nova, true, false, true, "nova_grounding",
      "nova_code_interpreter"},
     {"openai", "", bedrock_vendor::thinking::openai},
     // Command R: userguide/model-parameters-cohere-command-r-plus.html.
     {"cohere", "k"},
     // All others.
     {}}};

LLMX_DECL const bedrock_vendor& bedrock_vendor_of(std::string_view model) noexcept {
    const bool arn = model.starts_with("arn:");
    if (const std::size_t resource = model.rfind('/'); resource != std::string_view::npos) model.remove_prefix(resource + 1);
    // "global.anthropic.claude-…": at most a region is before the vendor. The rest is the model's own name.
    for (int i = 0; i < 2; ++i) {
        const std::size_t dot = model.find('.');
        if (dot == std::string_view::npos) return i == 0 && (arn || model.empty()) ? bedrock_vendors.front() : bedrock_vendors.back();
        for (const bedrock_vendor& v : bedrock_vendors)
            if (!v.name.empty() && v.name == model.substr(0, dot)) return v;
        model.remove_prefix(dot + 1);
    }
    return bedrock_vendors.back();
}

LLMX_DECL void bedrock_read_counts(const boost::json::object& o, bedrock_counts& to) noexcept {
    const auto read = [&o](std::string_view name, std::int64_t& into) {
        if (const auto* v = o.if_contains(name); v != nullptr) into = json_count(*v).value_or(into);
    };
    read("inputTokens", to.input);
    read("cacheReadInputTokens", to.cache_read);
    read("cacheWriteInputTokens", to.cache_write);
    read("outputTokens", to.output);
    const auto* const written = o.if_contains("cacheDetails");
    if (written == nullptr || !written->is_array()) return;
    to.cache_write_1h = 0;
    for (const auto& one : written->get_array()) {
        const auto* const detail = one.if_object();
        const auto *const ttl = detail != nullptr ? detail->if_contains("ttl") : nullptr,
                   *const count = detail != nullptr ? detail->if_contains("inputTokens") : nullptr;
        if (ttl != nullptr && count != nullptr && ttl->is_string() && std::string_view(ttl->get_string()) == "1h")
            to.cache_write_1h = add_counts(to.cache_write_1h, json_count(*count).value_or(0));
    }
}

LLMX_DECL void bedrock_scan_counts(std::string_view json, bedrock_counts& to) {
    // A damaged usage object costs the figures after the damage, never the reply.
    static_cast<void>(scan_json_members(json, [&to](const json_member& m) {
        const auto read = [&m](std::string_view name, std::int64_t& into) {
            if (m.key == name) into = json_count(m.value).value_or(into);
        };
        read("inputTokens", to.input);
        read("cacheReadInputTokens", to.cache_read);
        read("cacheWriteInputTokens", to.cache_write);
        read("outputTokens", to.output);
        if (m.key != "cacheDetails" || !m.value.starts_with('[')) return;
        to.cache_write_1h = 0;
        json_array_stream elements;
        static_cast<void>(elements.feed(m.value, [&to](std::string_view one) {
            std::int64_t count = 0;
            bool hour = false;
            static_cast<void>(scan_json_members(one, [&](const json_member& d) {
                if (d.key == "inputTokens") count = json_count(d.value).value_or(0);
                else if (d.key == "ttl") hour = d.value == "\"1h\"";
            }));
            if (hour) to.cache_write_1h = add_counts(to.cache_write_1h, count);
        }));
    }));
}

LLMX_DECL void bedrock_scan_tier(std::string_view json, bedrock_counts& to) {
    static_cast<void>(scan_json_members(json, [&to](const json_member& m) {
        if (m.key == "type") to.tier = read_enum(bedrock_tiers, plain_json_string(m.value).value_or(std::string_view()));
    }));
}

LLMX_DECL finish_reason bedrock_finish(std::string_view stop_reason) noexcept {
    if (stop_reason.empty()) return finish_reason::none;
    return read_enum(bedrock_stop_reasons, stop_reason).value_or(finish_reason::stop);
}

} // namespace llmx::inline LLMX_ABI::detail
