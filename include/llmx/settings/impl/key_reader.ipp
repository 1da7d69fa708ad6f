// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/policy_reader.hpp>
#include <llmx/wire/http_message.hpp>

#include <memory>
#include <utility>

namespace llmx::inline v0::detail {

LLMX_DECL void policy_reader::read_keys(const setting* list) {
    if (list == nullptr) return;
    if (!list->is_list()) return notes_.fail(list->unexpected("a list of keys"));
    for (const setting& one : list->items()) read_key(one);
    // Whether ids and keys are unique is seen where all of them are: with the place of the list.
    if (notes_.failure) return;
    if (const auto ring = key_ring::make(into_.listen.keys); ring.has_error())
        notes_.fail(list->wrong(ring.error().message()));
}

LLMX_DECL void policy_reader::read_key(const setting& one) {
    if (!one.is_map()) return notes_.fail(one.unexpected("a map with key and key_alias"));
    section s(&one, notes_);
    secret key;
    auto who = std::make_shared<principal>();
    s.hidden("key", key);
    s.text("key_alias", who->alias);
    s.texts("models", who->models);
    s.texts("tags", who->tags);
    s.count("rpm_limit", who->requests_per_minute, 1);
    s.count("tpm_limit", who->tokens_per_minute, 1);
    s.finish();
    if (key.empty()) notes_.fail(one.wrong("the entry has no key, or an empty one"));
    else if (!safe_field_value(key.reveal())) notes_.fail(one.find("key")->wrong("the key holds a line break"));
    if (who->alias.empty()) notes_.fail(one.wrong("the entry has no key_alias: logs and limits need a name for the key"));
    else if (who->alias == "master") notes_.fail(one.find("key_alias")->wrong("'master' is the name of the master key"));
    who->id = who->alias;
    into_.listen.keys.emplace_back(std::move(key), std::move(who));
}

} // namespace llmx::inline v0::detail
