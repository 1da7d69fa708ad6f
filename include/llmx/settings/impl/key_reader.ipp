// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/general_reader.hpp>
#include <llmx/wire/http_message.hpp>

#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void general_reader::read_keys(settings_node& list) {
    if (!list.given()) return;
    if (!list.is_list()) return list.unexpected("a list of keys");
    const bool failed_before = scope_.notes.failed();
    for (std::size_t i = 0; i < list.size(); ++i) read_key(list.item(i));
    // Whether ids and keys are unique is seen where all of them are: with the place of the list.
    if (scope_.notes.failed() && !failed_before) return;
    if (const auto ring = key_ring::make(into_.listen.keys); ring.has_error()) list.fail(ring.error().message());
}

LLMX_DECL void general_reader::read_key(settings_node& one) {
    if (!one.is_map()) return one.unexpected("a map with key and key_alias");
    secret key;
    auto who = std::make_shared<principal>();
    settings_node& text = one.at("key");
    settings_node& alias = one.at("key_alias");
    const bool has_key = text.hidden(key), has_alias = alias.text(who->alias);
    one.at("models").texts(who->models);
    one.at("tags").texts(who->tags);
    one.at("rpm_limit").count(who->requests_per_minute, 1);
    one.at("tpm_limit").count(who->tokens_per_minute, 1);
    if (has_key || !text.given()) {
        if (key.empty()) one.fail("the entry has no key, or an empty one");
        else if (!safe_field_value(key.reveal())) text.fail("the key holds a line break");
    }
    if (has_alias || !alias.given()) {
        if (who->alias.empty()) one.fail("the entry has no key_alias: logs and limits need a name for the key");
        else if (who->alias == "master") alias.fail("'master' is the name of the master key");
    }
    who->id = who->alias;
    if (!key.empty() && !who->id.empty()) into_.listen.keys.emplace_back(std::move(key), std::move(who));
}

} // namespace llmx::inline LLMX_ABI::detail
