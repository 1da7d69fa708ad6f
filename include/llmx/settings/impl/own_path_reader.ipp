// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/header_fields.hpp>
#include <llmx/settings/detail/general_reader.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <utility>

// `general_settings.pass_through_endpoints`, in the form of LiteLLM (docs.litellm.ai/docs/proxy/pass_through).

namespace llmx::inline LLMX_ABI::detail {

/// The text of \p node with each "os.environ/NAME" in it replaced, as in "bearer os.environ/KEY"; false after a failure.
LLMX_DECL [[nodiscard]] bool expand_inside(settings_node& node, const environment& env, std::string& text) {
    constexpr std::string_view mark = "os.environ/";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        std::size_t end = at + mark.size();
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) ++end;
        const std::string name = text.substr(at + mark.size(), end - at - mark.size());
        const auto value = env(name);
        if (!value) {
            node.fail("the environment variable " + name + " is not set; set it or remove the entry");
            return false;
        }
        text.replace(at, end - at, *value);
        at += value->size();
    }
    return true;
}

LLMX_DECL void general_reader::read_own_paths(settings_node& list) {
    if (!list.given()) return;
    if (!list.is_list()) return list.unexpected("a list of maps with path and target");
    for (std::size_t i = 0; i < list.size(); ++i) {
        settings_node& one = list.item(i);
        if (one.is_map()) read_own_path(one);
        else one.unexpected("a map with path and target");
    }
}

LLMX_DECL void general_reader::read_own_path(settings_node& one) {
    own_path p;
    bool good = true;
    settings_node& path = one.at("path");
    if (!path.text(p.path)) {
        if (!path.given()) path.fail("missing; expected the path that callers request, such as /v1/rerank");
        good = false;
    } else {
        while (p.path.size() > 1 && p.path.ends_with('/')) p.path.pop_back();
        if (const result<void> plain = check_forwarded_path(p.path); !plain || p.path == "/") {
            path.fail(path.quoted(p.path) + " cannot be a path; expected one that begins with a slash, with neither '..' nor '//', such as /v1/rerank");
            good = false;
        }
        const auto same = [&p](const own_path& other) { return other.path == p.path; };
        if (good && std::any_of(into_.own_paths.begin(), into_.own_paths.end(), same)) {
            path.fail(path.quoted(p.path) + " is the path of another entry too; remove one of them");
            good = false;
        }
    }
    settings_node& target = one.at("target");
    std::string url;
    if (!target.text(url)) {
        if (!target.given()) target.fail("missing; expected the URL that requests go to, such as https://api.example.com/v1/rerank");
        good = false;
    } else if (auto parsed = parse_base_url(url); parsed.has_error()) {
        target.fail(parsed.error().message());
        good = false;
    } else {
        p.target = std::move(*parsed);
    }
    settings_node& headers = one.at("headers");
    if (headers.given() && !headers.is_map()) headers.unexpected("a map from names of header fields to values");
    for (std::size_t i = 0; headers.is_map() && i < headers.size(); ++i) {
        settings_node& field = headers.item(i);
        const std::string name(field.key());
        std::string value;
        if (!field.text(value) || !expand_inside(field, scope_.env, value)) continue;
        header_fields probe(header_fields::direction::upstream);
        const std::string_view owner = owner_of_field(name, true);
        if (owner == "the connection" || owner == "the form of the message")
            field.fail("the field belongs to " + std::string(owner) + " and cannot be set; remove it");
        else if (owner.empty() && !probe.set(name, std::string_view())) field.fail("expected the name of a header field: letters, digits and hyphens");
        else if (!safe_field_value(value)) field.fail("the value holds a line break");
        else p.headers.emplace_back(name, secret(std::move(value)));
    }
    settings_node& query = one.at("default_query_params");
    if (query.given() && !query.is_map()) query.unexpected("a map from names of parameters to values");
    for (std::size_t i = 0; query.is_map() && i < query.size(); ++i) {
        settings_node& parameter = query.item(i);
        std::string value;
        if (!parameter.text(value) || !expand_inside(parameter, scope_.env, value)) continue;
        if (!p.query.empty()) p.query += '&';
        append_percent_encoded(p.query, parameter.key());
        p.query += '=';
        append_percent_encoded(p.query, value);
    }
    settings_node& methods = one.at("methods");
    if (std::vector<std::string> names; methods.given() && methods.texts(names))
        for (std::string& name : names) {
            std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
            const auto known = std::find(std::begin(own_path_methods), std::end(own_path_methods), name);
            if (known == std::end(own_path_methods)) methods.fail(methods.quoted(name) + " is no method here; expected GET, HEAD, POST, PUT, PATCH or DELETE");
            else p.methods = static_cast<std::uint8_t>(p.methods | 1u << (known - std::begin(own_path_methods)));
        }
    one.at("include_subpath").flag(p.include_subpath);
    one.at("forward_headers").flag(p.forward_headers);
    one.at("auth").flag(p.needs_key);
    settings_node& cost = one.at("cost_per_request");
    if (double dollars = 0; cost.number(dollars, 0, 1e6)) p.cost_per_request = money(static_cast<std::int64_t>(std::llround(dollars * 1e9)));
    (void)one.at("id");
    if (settings_node& guards = one.at("guardrails"); guards.given()) guards.warn("not supported on paths that are passed on: bodies are not read");
    if (good) into_.own_paths.push_back(std::move(p));
}

} // namespace llmx::inline LLMX_ABI::detail
