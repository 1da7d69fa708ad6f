// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/model_pattern.hpp>
#include <llmx/settings/detail/general_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>
#include <llmx/settings/tree.hpp>
#include <llmx/wire/http_message.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void general_reader::read() {
    settings_node& litellm = top_.at("litellm_settings");
    settings_node& router = top_.at("router_settings");
    settings_node& general = top_.at("general_settings");
    litellm.foreign(foreign_litellm);
    router.foreign(foreign_router);
    router.at("retry_policy").foreign(foreign_retry_policy);
    general.foreign(foreign_general);
    if (settings_node& file = litellm.at("model_cost_map_url"); file.given()) file.text(into_.models_file);
    if (bool drop = false; litellm.at("drop_params").flag(drop) && drop)
        for (deployment& d : into_.deployments)
            if (!d.drop_params) d.drop_params = true;
    read_callers(litellm, general);
    read_aliases(router.at("model_group_alias"));
    read_server(general);
}

LLMX_DECL void general_reader::read_aliases(settings_node& map) {
    if (!map.given()) return;
    if (!map.is_map()) return map.unexpected("a map from aliases to models");
    const auto& groups = scope_.names.groups;
    for (std::size_t i = 0; i < map.size(); ++i) {
        settings_node& entry = map.item(i);
        settings_node* name = &entry;
        if (entry.is_map()) {
            name = &entry.at("model");
            settings_node& hides = entry.at("hidden");
            if (!name->given()) {
                name->fail("missing; expected the model that the alias refers to");
                continue;
            }
            if (bool hidden = false; hides.flag(hidden) && hidden) hides.warn("not supported, the alias is listed");
        }
        std::string text;
        if (!name->text(text)) continue;
        if (scope_.names.complete && std::find(groups.begin(), groups.end(), text) == groups.end()) {
            std::vector<std::string_view> known;
            for (const std::string& group : groups)
                if (!is_pattern(group)) known.push_back(group);
            std::string what = "no model_name of model_list is " + name->quoted(text);
            if (const auto meant = closest_name(text, known); !meant.empty())
                what += "; did you mean '" + std::string(meant) + "'?";
            name->fail(what);
        }
        std::string alias(entry.key());
        if (std::find(groups.begin(), groups.end(), alias) != groups.end() && alias != text)
            entry.fail("the alias never applies: " + entry.quoted(alias) + " is a model_name of model_list too; rename one of them");
        scope_.names.aliases.push_back(alias);
        into_.aliases.emplace_back(std::move(alias), std::move(text));
    }
}

LLMX_DECL void general_reader::read_kept(settings_node& s) {
    kept_settings& k = into_.kept;
    constexpr double mebi = 1024 * 1024;
    if (settings_node& files = s.at("files"); files.given()) {
        if (!files.is_map()) files.unexpected("a map with path, max_file_size_mb, max_total_mb and id_key");
        else {
            files.at("path").text(k.path);
            if (double megabytes = 0; files.at("max_file_size_mb").number(megabytes, 1, 4096)) k.max_file_bytes = static_cast<std::uint64_t>(megabytes * mebi);
            if (double megabytes = 0; files.at("max_total_mb").number(megabytes, 1, 1e9)) k.max_bytes = static_cast<std::uint64_t>(megabytes * mebi);
            settings_node& id_key = files.at("id_key");
            if (id_key.hidden(k.id_key) && k.id_key.reveal().size() < 16) id_key.fail("the key has less than 16 characters; take 32 random ones");
        }
    }
    if (settings_node& batches = s.at("batches"); batches.given()) {
        if (!batches.is_map()) batches.unexpected("a map with concurrency, requests_per_minute, retries, longest_wait and native");
        else {
            batches.at("concurrency").count(k.batch_concurrency, 1, 256);
            batches.at("requests_per_minute").count(k.batch_requests_per_minute, 0, 1'000'000);
            batches.at("retries").count(k.batch_retries, 0, 1000);
            batches.at("longest_wait").count(k.batch_retry_wait, 1, 3600);
            batches.at("native").flag(k.native_batches);
        }
    }
}

LLMX_DECL void general_reader::read_server(settings_node& s) {
    listen_settings& l = into_.listen;
    s.at("host").text(l.host);
    s.at("port").count(l.port);
    if (settings_node& threads = s.at("threads"); threads.given()) {
        std::uint64_t count = 0;
        if (threads.whole(count, 0, 1024) && count == 0)
            threads.fail("0 threads serve no call; expected a whole number from 1 to 1024, or no key for one thread per processor");
        l.threads = static_cast<unsigned>(count);
    }
    settings_node& master = s.at("master_key");
    if (master.hidden(l.master_key) && !safe_field_value(l.master_key.reveal())) master.fail("the key holds a line break");
    read_keys(s.at("keys"));
    constexpr double mebi = 1024 * 1024;
    settings_node& body = s.at("max_request_size_mb");
    if (double megabytes = 0; body.number(megabytes)) {
        if (megabytes <= 0 || megabytes > 4096) body.unexpected("a number of MiB above 0 and up to 4096");
        else l.max_request_body = static_cast<std::size_t>(megabytes * mebi);
    }
    settings_node& memory = s.at("memory_limit_mb");
    if (double megabytes = 0; memory.number(megabytes)) {
        if (megabytes < 1 || megabytes > 1073741824) memory.unexpected("a number of MiB from 1 to 1073741824");
        else l.memory_limit = static_cast<std::size_t>(megabytes * mebi);
    }
    s.at("header_timeout").seconds(l.header_timeout);
    s.at("keep_alive_timeout").seconds(l.keep_alive_timeout);
    s.at("drain_timeout").seconds(l.drain_timeout, true);
    s.at("max_connections").count(l.max_connections, 1);
    read_clients(s);
    s.at("models_file").text(into_.models_file);
    s.at("tokenizer_files").text(into_.tokenizer_files);
    s.at("pass_through").flag(into_.pass_through);
    s.at("pass_through_request_timeout").seconds(into_.pass_through_timeout);
    read_kept(s);
    read_own_paths(s.at("pass_through_endpoints"));
    settings_node& log = s.at("log_level");
    if (std::string level; log.text(level)) {
        level = settings_lower(level);
        // The levels of Python's logging that llmx has not.
        if (level == "warn" || level == "warning" || level == "critical" || level == "fatal") level = "error";
        if (level == "trace" || level == "verbose") level = "debug";
        if (level == "off" || level == "error" || level == "info" || level == "debug") l.log_level = level;
        else log.unexpected("off, error, info or debug");
    }
}

} // namespace llmx::inline LLMX_ABI::detail
