// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/models.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/wire/json_writer.hpp>

#include <chrono>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// One model in the words of a language.
LLMX_DECL void append_model(json_writer& w, const topology& served, std::string_view language, std::string_view id,
                            std::int64_t created) {
    w.object();
    if (language == "anthropic_messages") {
        rfc3339_text when;
        w.member("type", "model").member("id", id).member("display_name", id);
        w.member("created_at", when.at(std::chrono::system_clock::time_point(std::chrono::seconds(created))));
    } else if (language == "gemini_generate") {
        std::string path = "models/";
        path += id;
        w.member("name", path).member("baseModelId", id).member("version", "").member("displayName", id);
        w.key("supportedGenerationMethods").array().value("generateContent").value("streamGenerateContent").end_array();
    } else {
        const model_group* const group = served.find(id);
        w.member("id", id).member("object", "model").member("created", created);
        w.member("owned_by", group != nullptr ? std::string_view(group->members.front()->provider)
                                              : std::string_view("llmx"));
    }
    w.end_object();
}

LLMX_DECL bool append_models(std::string& out, const topology& served, const principal* who, std::string_view language,
                             std::string_view name, std::int64_t created) {
    json_writer w(out);
    const auto hidden = [who](std::string_view model) { return who != nullptr && !who->may_use(model); };
    if (!name.empty()) {
        // Gemini's SDK may send a resource name.
        if (language == "gemini_generate" && name.starts_with("models/")) name.remove_prefix(7);
        if (served.find(name) == nullptr || hidden(name)) return false;
        append_model(w, served, language, name, created);
        return true;
    }
    std::vector<std::string_view> names = served.model_names();
    for (const std::string_view wildcard : served.wildcard_names()) names.push_back(wildcard);
    std::erase_if(names, hidden);
    w.object();
    const bool gemini = language == "gemini_generate", anthropic = language == "anthropic_messages";
    if (!gemini && !anthropic) w.member("object", "list");
    w.key(gemini ? "models" : "data").array();
    for (const std::string_view id : names) append_model(w, served, language, id, created);
    w.end_array();
    if (anthropic) {
        w.member("has_more", false);
        for (const auto& [key, id] : {std::pair("first_id", names.empty() ? std::string_view() : names.front()),
                                      std::pair("last_id", names.empty() ? std::string_view() : names.back())}) {
            w.key(key);
            if (names.empty()) w.null();
            else w.value(id);
        }
    }
    w.end_object();
    return true;
}

} // namespace llmx::inline LLMX_ABI::detail
