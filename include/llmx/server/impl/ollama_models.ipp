// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/model_facts.hpp>
#include <llmx/server/endpoints/models.hpp>
#include <llmx/server/endpoints/ollama.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The deployment that stands for the model \p id; null when there is none.
LLMX_DECL [[nodiscard]] const deployment* ollama_deployment_of(const topology& served, std::string_view id) noexcept {
    const model_group* const group = served.find(id);
    return group != nullptr && !group->members.empty() ? group->members.front() : nullptr;
}

LLMX_DECL void append_ollama_details(json_writer& w, std::string_view family) {
    w.key("details").object().member("parent_model", "").member("format", "").member("family", family);
    w.key("families").array().value(family).end_array().member("parameter_size", "").member("quantization_level", "").end_object();
}

/// Clients show the first twelve characters of a digest and take it for the identity of a model: here it is made of the name (FNV-1a).
LLMX_DECL [[nodiscard]] std::string ollama_digest(std::string_view id) {
    std::uint64_t hash = 14695981039346656037u;
    for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (int i = 0; i < 64; ++i) text += digits[hash >> (i % 16 * 4) & 15u];
    return text;
}

LLMX_DECL void append_ollama_tags(std::string& out, const topology& served, const principal* who, std::string_view created) {
    json_writer w(out);
    w.object().key("models").array();
    for (const std::string& id : visible_model_names(served, who)) {
        const deployment* const d = ollama_deployment_of(served, id);
        w.object().member("name", id).member("model", id).member("modified_at", created).member("size", 0).member("digest",
            ollama_digest(id));
        append_ollama_details(w, d != nullptr ? std::string_view(d->provider) : std::string_view("llmx"));
        w.end_object();
    }
    w.end_array().end_object();
}

/// The names that clients know abilities by. A model that nothing is known of may call functions.
LLMX_DECL void append_ollama_capabilities(json_writer& w, const model_facts* facts) {
    w.key("capabilities").array();
    if (facts != nullptr && facts->mode == model_mode::embedding) {
        w.value("embedding").end_array();
        return;
    }
    w.value("completion");
    if (facts == nullptr || !facts->cannot.has(model_ability::tools)) w.value("tools");
    if (facts != nullptr && facts->supports(model_ability::vision)) w.value("vision");
    if (facts != nullptr && facts->supports(model_ability::reasoning)) w.value("thinking");
    w.end_array();
}

LLMX_DECL result<void> append_ollama_model(std::string& out, const topology& served, const principal* who, std::string_view body,
                                           std::string_view created) {
    json_document document(body);
    const json_cursor in = document.root(), model = in["model"], older = in["name"];
    if (!document.good()) return document.status();
    const std::string_view id = model.string_or(older.string_or());
    if (id.empty()) return error(errc::invalid_request, "model: field required").with_param("model");
    const deployment* const d = ollama_deployment_of(served, id);
    if (d == nullptr || (who != nullptr && !who->may_use(id)))
        return error(errc::not_found, "model '" + std::string(id) + "' not found");
    const model_facts* const facts = facts_of(*d, d->model);
    json_writer w(out);
    w.object().member("license", "").member("modelfile", "").member("parameters", "").member("template", "");
    append_ollama_details(w, d->provider);
    w.key("model_info").object().member("general.architecture", d->provider).member("general.basename", id);
    if (facts != nullptr && facts->context_window != 0) w.member(d->provider + ".context_length", facts->context_window);
    w.end_object();
    append_ollama_capabilities(w, facts);
    w.member("modified_at", created).end_object();
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
