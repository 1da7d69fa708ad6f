// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/server/endpoints/models.hpp>
#include <llmx/telemetry/access_record.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Whether llmx has the operation of models of this kind.
LLMX_DECL [[nodiscard]] bool is_served_mode(model_mode m) noexcept {
    switch (m) {
    case model_mode::unknown:
    case model_mode::chat:
    case model_mode::responses:
    case model_mode::embedding:
    case model_mode::audio_speech:
    case model_mode::audio_transcription:
    case model_mode::realtime:
    case model_mode::moderation:
    case model_mode::rerank:
    case model_mode::image_generation:
    case model_mode::image_edit:
    case model_mode::completion: return true;
    default: return false;
    }
}

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
        const model_group* group = served.find(id);
        if (group == nullptr)
            for (const model_group& one : served.wildcards())
                if (one.members.front()->model_group == id) group = &one;
        w.member("id", id).member("object", "model").member("created", created);
        w.member("owned_by", group != nullptr ? std::string_view(group->members.front()->provider)
                                              : std::string_view("llmx"));
    }
    w.end_object();
}

/// What the catalogue knows behind the wildcards of \p served, under the names of callers: sorted, each once.
LLMX_DECL [[nodiscard]] std::vector<std::string> known_model_names(const topology& served) {
    std::vector<std::string> names;
    for (const model_group& group : served.wildcards())
        for (const deployment* const d : group.members) {
            if (!d->catalog || !is_pattern(d->model)) continue;
            const std::string all_of = d->provider + "/" + d->model, beginning = all_of.substr(0, all_of.find('*'));
            const std::span<const model_facts> all = d->catalog->models();
            const auto before = [](const model_facts& m, const std::string& name) { return m.name < name; };
            for (auto m = std::lower_bound(all.begin(), all.end(), beginning, before); m != all.end() && m->name.starts_with(beginning); ++m) {
                if (!is_served_mode(m->mode)) continue;
                pattern_parts parts;
                // Where the group's name has further places, only the caller knows what fills them.
                if (stars_of(d->model_group) != stars_of(d->model) || !match_pattern(all_of, m->name, &parts)) continue;
                std::string name;
                append_filled(name, d->model_group, parts);
                // A more specific group may have the name.
                if (served.find(name) == &group) names.push_back(std::move(name));
            }
        }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

/// Whether \p who may not see the model.
LLMX_DECL [[nodiscard]] bool is_hidden_model(std::string_view model, const principal* who) {
    return is_pass_through_group(model) || (who != nullptr && !who->may_use(model));
}

LLMX_DECL std::vector<std::string> visible_model_names(const topology& served, const principal* who) {
    std::vector<std::string> names = known_model_names(served);
    for (const std::string_view name : served.model_names()) names.emplace_back(name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase_if(names, [who](const std::string& model) { return is_hidden_model(model, who); });
    return names;
}

LLMX_DECL bool append_models(std::string& out, const topology& served, const principal* who, std::string_view language,
                             std::string_view name, bool wildcards, std::int64_t created) {
    json_writer w(out);
    if (!name.empty()) {
        // Gemini's SDK may send a resource name.
        if (language == "gemini_generate" && name.starts_with("models/")) name.remove_prefix(7);
        if (served.find(name) == nullptr || is_hidden_model(name, who)) return false;
        append_model(w, served, language, name, created);
        return true;
    }
    const std::vector<std::string> known = visible_model_names(served, who);
    std::vector<std::string_view> names(known.begin(), known.end());
    if (wildcards)
        for (const std::string_view wildcard : served.wildcard_names())
            if (!is_hidden_model(wildcard, who)) names.push_back(wildcard);
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
