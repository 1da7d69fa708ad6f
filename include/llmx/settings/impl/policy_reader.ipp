// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/policy_reader.hpp>
#include <llmx/settings/detail/vocabulary.hpp>

#include <algorithm>

namespace llmx::inline v0::detail {

LLMX_DECL void policy_reader::read_litellm(const setting* map) {
    section s(map, notes_, foreign_litellm);
    s.flag("drop_params", drop_params_);
    s.count("num_retries", into_.retries.max_retries);
    s.seconds("request_timeout", into_.times.total);
    s.count("allowed_fails", into_.cooling.allowed_fails);
    read_fallbacks(s);
    s.finish();
}

LLMX_DECL void policy_reader::read_router(const setting* map) {
    section s(map, notes_, foreign_router);
    if (s.text("routing_strategy", into_.routing_strategy)) into_.routing_strategy_at = map->where("routing_strategy");
    s.count("num_retries", into_.retries.max_retries);
    s.seconds("timeout", into_.times.total);
    s.seconds("stream_timeout", into_.times.first_token);
    if (duration least{}; s.seconds("retry_after", least, true)) {
        into_.retries.min_wait = least;
        into_.retries.max_wait = std::max(into_.retries.max_wait, least);
    }
    read_retry_policy(s.find("retry_policy"));
    s.count("allowed_fails", into_.cooling.allowed_fails);
    if (s.seconds("cooldown_time", into_.cooling.cool_down, true))
        into_.cooling.max_cool_down = std::max(into_.cooling.max_cool_down, into_.cooling.cool_down);
    s.flag("disable_cooldowns", no_cooldowns_);
    s.count("default_max_parallel_requests", into_.concurrency.max_parallel);
    read_fallbacks(s);
    read_aliases(s.find("model_group_alias"));
    s.finish();
}

LLMX_DECL void policy_reader::read_retry_policy(const setting* map) {
    section s(map, notes_, foreign_retry_policy);
    retry& r = into_.retries;
    s.count("BadRequestErrorRetries", r.invalid_request);
    s.count("AuthenticationErrorRetries", r.authentication);
    s.count("TimeoutErrorRetries", r.timeout);
    s.count("RateLimitErrorRetries", r.rate_limit);
    s.count("ContentPolicyViolationErrorRetries", r.content_policy);
    s.count("InternalServerErrorRetries", r.internal);
    s.count("ServiceUnavailableErrorRetries", r.overloaded);
    s.count("NotFoundErrorRetries", r.not_found);
    s.count("APIConnectionErrorRetries", r.connection);
    s.count("DefaultRetries", r.max_retries);
    s.finish();
}

LLMX_DECL void policy_reader::read_general(const setting* map) {
    section s(map, notes_, foreign_general);
    read_server(s);
    rate_limit& l = into_.limits;
    s.count("requests_per_minute", l.requests_per_minute);
    s.count("tokens_per_minute", l.tokens_per_minute);
    s.count("requests_per_minute_per_caller", l.caller_requests_per_minute);
    s.count("tokens_per_minute_per_caller", l.caller_tokens_per_minute);
    s.seconds("first_token_timeout", into_.times.first_token);
    s.seconds("attempt_timeout", into_.times.attempt);
    s.seconds("idle_timeout", into_.times.idle);
    s.seconds("connect_timeout", into_.times.connect);
    s.count("max_queue", into_.concurrency.max_queue);
    s.seconds("queue_timeout", into_.concurrency.queue_timeout);
    s.finish();
}

LLMX_DECL void policy_reader::read_server(section& s) {
    listen_settings& l = into_.listen;
    s.text("host", l.host);
    s.count("port", l.port);
    s.count("threads", l.threads, 0, 1024);
    s.hidden("master_key", l.master_key);
    if (!safe_field_value(l.master_key.reveal()))
        notes_.fail(s.map()->find("master_key")->wrong("the key holds a line break"));
    read_keys(s.find("keys"));
    if (double megabytes = 0; s.number("max_request_size_mb", megabytes)) {
        if (megabytes <= 0 || megabytes > 4096)
            notes_.fail(s.map()->find("max_request_size_mb")->unexpected("a number of MiB above 0 and up to 4096"));
        else
            l.max_request_body = static_cast<std::size_t>(megabytes * 1024 * 1024);
    }
    if (double megabytes = 0; s.number("memory_limit_mb", megabytes)) {
        if (megabytes < 1 || megabytes > 1073741824)
            notes_.fail(s.map()->find("memory_limit_mb")->unexpected("a number of MiB from 1 to 1073741824"));
        else
            l.memory_limit = static_cast<std::size_t>(megabytes * 1024 * 1024);
    }
    s.seconds("header_timeout", l.header_timeout);
    s.seconds("keep_alive_timeout", l.keep_alive_timeout);
    s.seconds("drain_timeout", l.drain_timeout, true);
    s.count("max_connections", l.max_connections, 1);
    const std::string before = l.log_level;
    if (s.text("log_level", l.log_level) && l.log_level != "off" && l.log_level != "error" && l.log_level != "info" &&
        l.log_level != "debug") {
        notes_.fail(s.map()->find("log_level")->unexpected("off, error, info or debug"));
        l.log_level = before;
    }
}

LLMX_DECL void policy_reader::finish(std::vector<deployment>& deployments) {
    if (no_cooldowns_) into_.cooling.cool_down = duration::zero();
    for (deployment& d : deployments) {
        if (drop_params_ && !d.drop_params) d.drop_params = true;
        if (no_cooldowns_) d.cool_down.reset();
    }
    for (const auto& [at, name, role] : references_) {
        if (role != reference::role::alias) {
            check_name(*at, name, deployments, role == reference::role::target);
            continue;
        }
        const auto is = [&name = name](const deployment& d) { return d.model_group == name; };
        if (std::any_of(deployments.begin(), deployments.end(), is)) continue;
        std::vector<std::string_view> known;
        for (const deployment& d : deployments)
            if (!d.model_group.ends_with('*')) known.push_back(d.model_group);
        std::string what = "no model_name of model_list is " + at->quoted(name);
        if (const auto meant = closest_name(name, known); !meant.empty())
            what += "; did you mean '" + std::string(meant) + "'?";
        notes_.fail(at->wrong(what));
    }
    for (const auto& [alias, group] : into_.aliases)
        for (const deployment& d : deployments)
            if (d.model_group == alias) {
                notes_.warnings.push_back("model_group_alias: '" + alias +
                                          "' is a model_name too, and the model is served under it");
                break;
            }
}

} // namespace llmx::inline v0::detail
