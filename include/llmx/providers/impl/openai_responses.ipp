// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/openai_responses.hpp>

#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The marks of the two forms in the settings of either provider.
template <class Settings> void mark_openai_responses(deployment& d) {
    Settings own = d.settings.get<Settings>();
    own.responses_api = true;
    d.settings = any_settings::of(std::move(own));
}

LLMX_DECL result<void> complete_openai_responses(deployment& d) {
    constexpr std::string_view prefix = openai_responses_prefix;
    if (!d.model.starts_with(prefix)) return success();
    if (d.model.size() == prefix.size()) return error(errc::bad_configuration, "the model 'responses/' names no model: write responses/MODEL");
    d.model.erase(0, prefix.size());
    if (d.provider == azure_openai::name) mark_openai_responses<azure_openai::settings>(d);
    else mark_openai_responses<openai::settings>(d);
    return success();
}

LLMX_DECL bool takes_openai_form(const codec_ops& form, const deployment& d, std::string_view model) noexcept {
    const bool azure = d.settings.holds<azure_openai::settings>();
    if (form.operation != &chat::info) return true;
    const bool stated = azure ? d.settings.get<azure_openai::settings>().responses_api : d.settings.get<openai::settings>().responses_api;
    const bool responses = stated || model.starts_with(openai_responses_prefix);
    const bool chats = azure ? d.settings.get<azure_openai::settings>().use_chat_completions_api
                             : d.settings.get<openai::settings>().use_chat_completions_api;
    return is_codec<openai_responses>(&form) ? responses || !chats : !responses;
}

} // namespace llmx::inline LLMX_ABI::detail
