// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>
#include <llmx/core/reasoning.hpp>
#include <llmx/settings/detail/model_reader.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <limits>
#include <memory>

// What requests to a deployment have beside what their callers state.

namespace llmx::inline LLMX_ABI::detail {

/// Appends \p value as JSON: a scalar without quotes is a number, true or false where it can be read as one. Fails where a variable
/// of the environment is not set.
LLMX_DECL result<void> write_setting(json_writer& to, const setting& value) {
    result<void> written = success();
    switch (value.what()) {
    case setting::kind::null: to.null(); return written;
    case setting::kind::list:
        to.array();
        for (const setting& item : value.items())
            if (written) written = write_setting(to, item);
        to.end_array();
        return written;
    case setting::kind::map:
        to.object();
        for (const auto& [key, member] : value.entries()) {
            to.key(key);
            if (written) written = write_setting(to, member);
        }
        to.end_object();
        return written;
    case setting::kind::scalar: break;
    }
    const auto text = value.as_text();
    if (!text) return text.error();
    const auto flag = value.as_bool();
    const auto whole = value.as_whole_number(0, std::numeric_limits<std::uint64_t>::max());
    const auto number = value.as_number(std::numeric_limits<double>::lowest());
    if (value.is_quoted()) to.value(*text);
    else if (flag) to.value(*flag);
    else if (whole) to.value(*whole);
    else if (number) to.value(*number);
    else to.value(*text);
    return written;
}

LLMX_DECL void model_reader::read_requests(settings_node& p, deployment& d) {
    chat_request made;
    const auto number = [&](std::string_view key, std::optional<double>& into, double least, double most) {
        if (double n = 0; p.at(key).number(n, least, most)) into = n;
    };
    number("temperature", made.temperature, 0, 2);
    number("top_p", made.top_p, 0, 1);
    number("presence_penalty", made.presence_penalty, -2, 2);
    number("frequency_penalty", made.frequency_penalty, -2, 2);
    p.at("top_k").count(made.top_k);
    p.at("seed").count(made.seed);
    p.at("n").count(made.n);
    p.at("top_logprobs").count(made.top_logprobs);
    if (std::int64_t limit = 0; p.first_of({"max_completion_tokens", "max_tokens"}).count(limit, 1)) made.max_output_tokens = limit;
    if (bool on = false; p.at("logprobs").flag(on)) made.logprobs = on;
    if (bool on = false; p.at("parallel_tool_calls").flag(on)) made.parallel_tool_calls = on;
    p.at("user").text(made.user);
    settings_node& stop = p.at("stop");
    if (std::string one; stop.is_list()) stop.texts(made.stop);
    else if (stop.text(one)) made.stop.push_back(std::move(one));
    settings_node& effort = p.at("reasoning_effort");
    if (std::string word; effort.text(word)) {
        const auto found = std::find(effort_names.begin(), effort_names.end(), word);
        if (found != effort_names.end()) made.reasoning.emplace(static_cast<reasoning_effort>(found - effort_names.begin()));
        else effort.unexpected("\"none\", \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\" or \"max\"");
    }
    if (made != chat_request()) d.chat_defaults = std::make_shared<const chat_request>(std::move(made));
    if (settings_node& body = p.at("extra_body"); body.given()) {
        if (!body.is_map()) return body.unexpected("a map from members of the request to their values");
        json_writer out(d.added_members);
        if (const result<void> written = write_setting(out, *body.value()); !written) scope_.notes.fail(written.error());
    }
    read_fields(p.at("extra_headers"), d);
    read_fields(p.at("headers"), d);
}

LLMX_DECL void model_reader::read_fields(settings_node& map, deployment& d) {
    if (!map.given()) return;
    if (!map.is_map()) return map.unexpected("a map from names of header fields to their values");
    for (std::size_t i = 0; i < map.size(); ++i) {
        settings_node& value = map.item(i);
        secret text;
        if (!value.hidden(text)) continue;
        if (const result<void> set = d.added_fields.set(value.key(), text.reveal()); !set) value.fail(set.error().message());
    }
}

} // namespace llmx::inline LLMX_ABI::detail
