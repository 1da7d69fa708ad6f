// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/detail/token_rates.hpp>
#include <llmx/core/model_pattern.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/impl/upgrade_request.ipp>
#include <llmx/service/usage_estimate.hpp>
#include <llmx/wire/detail/text_writer.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_weight.hpp>
#include <llmx/wire/model_name.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <span>

namespace llmx::inline LLMX_ABI::detail {

/// A count or a time in a member's value: a number, or a text that is one; nothing for others.
LLMX_DECL [[nodiscard]] std::optional<double> number_in(std::string_view json) noexcept {
    if (json.size() > 2 && json.front() == '"' && json.back() == '"') json = json.substr(1, json.size() - 2);
    double n = 0;
    const auto read = std::from_chars(json.data(), json.data() + json.size(), n);
    if (read.ec != std::errc() || read.ptr != json.data() + json.size() || !(n >= 0)) return std::nullopt;
    return n;
}

/// Keeps what the member \p m brings for the call itself, a key, an address or an answer, for the deployments that take it; false when it
/// brings nothing of that, or in a form that no deployment takes.
LLMX_DECL [[nodiscard]] bool take_brought_member(const json_member& m, inbound& in) {
    constexpr std::size_t longest_key = 8192, longest_url = 2048, longest_version = 64;
    const bool key = m.named("api_key"), version = m.named("api_version"), answer = m.named("mock_response");
    const bool base = m.named("api_base") || m.named("base_url");
    if (!(key || version || answer || base) || !m.value.starts_with('"')) return false;
    std::string text = unescape_json_string(m.value);
    if ((key || version) && (text.size() > (key ? longest_key : longest_version) || !is_visible_from(0x20, text))) return false;
    // One that is too long is refused as no URL.
    if (base && text.size() > longest_url) text = "?";
    if (in.brought == nullptr) in.brought = std::make_unique<brought_access>();
    brought_access& b = *in.brought;
    if (key) b.key = secret(std::move(text));
    else if (version) b.version = std::move(text);
    else if (answer) b.mock = std::move(text);
    else if (b.base.empty()) {
        b.base = std::move(text);
        b.base_member = unescape_json_string(m.key);
    }
    return true;
}

/// Does what the member \p m of a body, which is for a gateway, demands of this call; false when nothing here obeys it.
LLMX_DECL [[nodiscard]] bool obey_gateway_member(const json_member& m, inbound& in) {
    const std::optional<double> n = number_in(m.value);
    const bool flag = is_true(m.value);
    if (m.named("drop_params")) {
        if (flag || m.value == "false") in.drop_params = flag;
        return true;
    }
    if (m.named("disable_fallbacks")) {
        in.no_fallback = in.no_fallback || flag;
        return true;
    }
    if (m.named("num_retries") || m.named("max_retries")) {
        if (n) in.retries = static_cast<std::uint32_t>(std::min(*n, 1000.0));
        return n.has_value();
    }
    const bool of_stream = m.named("stream_timeout");
    if (m.named("timeout") || m.named("request_timeout") || of_stream) {
        // Seconds; more than a month is no limit. A stream's own limit counts before the general one.
        if (!n || *n > 2.6e6) return n.has_value();
        const duration limit = std::chrono::duration_cast<duration>(std::chrono::duration<double>(*n));
        if (of_stream ? in.stream : in.time_limit == duration::zero()) in.time_limit = limit;
        return true;
    }
    return take_brought_member(m, in);
}

/// Takes `fallbacks` (LiteLLM: names, or a map from a model to names) of a request for \p model from \p who, which may be null. False when any
/// of it is not obeyed: what is no list of names, models that the caller may not use, more than 16.
LLMX_DECL [[nodiscard]] bool take_callers_fallbacks(std::string_view json, std::string_view model, const principal* who, inbound& in) {
    constexpr std::size_t most = 16;
    const auto read = parse_json(json);
    if (!read || !read->is_array()) return false;
    auto names = std::make_unique<std::vector<std::string>>();
    bool all = true;
    const auto add = [&](const boost::json::value& v) {
        const auto* const text = v.if_string();
        if (text == nullptr || names->size() == most || !is_model_name(std::string_view(*text)) || is_pattern(std::string_view(*text)) ||
            (who != nullptr && !who->may_use(std::string_view(*text))))
            all = false;
        else names->emplace_back(*text);
    };
    for (const boost::json::value& one : read->get_array()) {
        const auto* const of = one.if_object();
        if (of == nullptr) {
            add(one);
            continue;
        }
        for (const auto& [key, list] : *of) {
            if (key == model && list.is_array())
                for (const boost::json::value& v : list.get_array()) add(v);
            // Parameters of a fallback's own.
            else if (!list.is_array()) all = false;
        }
    }
    if (!names->empty()) in.fallbacks = std::move(names);
    return all && in.fallbacks != nullptr;
}

LLMX_DECL void read_gateway_members(inbound& in, std::string_view model, const principal* who) {
    static_cast<void>(for_each_member(in.body, in.members, [&in, model, who](const json_member& m) {
        // Empty ones demand nothing.
        const std::string_view v = m.value;
        if (!is_gateway_member(m) || v == "null" || v == "false" || v == "[]" || v == "{}" || v == "\"\"") {
            if (m.named("drop_params") && v == "false") in.drop_params = false;
            return;
        }
        const bool obeyed = m.named("fallbacks") ? take_callers_fallbacks(v, model, who, in) : obey_gateway_member(m, in);
        if (!obeyed) in.not_obeyed.push_back(unescape_json_string(m.key));
    }));
}

LLMX_DECL void set_up_request(call& c, std::string_view body, const request_head& head, const request_target& target, std::string& unescaped_model) {
    inbound& in = c.in;
    in.body = body;
    in.model_begin = head.model_begin;
    in.model_end = head.model_end;
    in.path_model = target.model;
    in.stream = head.stream || target.stream;
    in.cut_begin = head.cut_begin;
    in.cut_end = head.cut_end;
    in.members = head.members;
    in.must_translate = head.must_translate;
    in.known_to_pass = head.known_to_pass;
    in.has_gateway_members = head.has_gateway_members;
    c.model = head.model;
    if (c.model.empty() && head.model_end > head.model_begin) {
        unescaped_model = unescape_json_string(in.body.substr(head.model_begin, head.model_end - head.model_begin));
        c.model = unescaped_model;
    }
    if (c.model.empty()) c.model = target.model;
    if (in.has_gateway_members) read_gateway_members(in, c.model, c.context->principal.get());
    json_weight weight;
    if (in.codec->json_request) weight = weigh_json(in.body);
    else weight.blobs = 1;
    in.estimated_tokens = tokens_of_text(weight.text) + weight.blobs * tokens_of_media +
                          (in.reserved_output = static_cast<std::uint64_t>(std::max<std::int64_t>(0, head.max_output_tokens)));
    in.answer.id = c.context->request_id;
    in.answer.created = c.on->unix_seconds();
    in.answer.model = c.model;
    in.answer.include_usage = head.include_usage;
    in.answer.base64 = head.base64;
}

LLMX_DECL void set_up_call(call& c, server_connection& peer, std::string_view body, const request_head& head,
                           const request_target& target, std::string& unescaped_model) {
    inbound& in = c.in;
    if (!in.codec->json_request) in.content_type = peer.head().find("content-type");
    set_up_request(c, body, head, target, unescaped_model);
    for (const http_field& f : peer.head().fields) {
        bool forward = false;
        switch (f.name.size()) {
        case 11: forward = iequals(f.name, "openai-beta"); break;
        case 14: forward = iequals(f.name, "anthropic-beta"); break;
        case 17: forward = iequals(f.name, "anthropic-version"); break;
        case 18:
            if (iequals(f.name, "x-llmx-drop-params")) c.in.drop_params = iequals(f.value, "true") || f.value == "1";
            break;
        default: break;
        }
        if (forward && in.forwarded_count < in.forwarded.size()) in.forwarded[in.forwarded_count++] = f;
    }
    note_relayed_fields(in, peer);
}

/// Whether one of \p names, which the operator has chosen, is or stands for \p field.
LLMX_DECL [[nodiscard]] bool is_chosen_field(const std::vector<std::string>& names, std::string_view field) noexcept {
    const auto begins = [field](std::string_view with) { return field.size() >= with.size() && iequals(field.substr(0, with.size()), with); };
    for (const std::string_view name : names) {
        if (!name.ends_with('*')) {
            if (iequals(name, field)) return true;
        } else if (begins(name.substr(0, name.size() - 1))) {
            // What names clients' machines, steers a gateway or holds what a proxy before it knows of the user is nothing that a prefix
            // was meant for.
            static constexpr std::string_view others[] = {"x-forwarded-", "x-real-ip", "x-stainless-", "x-llmx-", "x-litellm-", "x-auth-",
                                                          "x-amzn-", "x-amz-", "x-goog-", "x-ms-", "x-vault-"};
            static constexpr std::string_view secrets[] = {"token", "secret", "cookie", "password", "-key", "jwt", "assertion"};
            const auto holds = [field](std::string_view word) {
                return std::search(field.begin(), field.end(), word.begin(), word.end(),
                                   [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; }) != field.end();
            };
            if (std::none_of(std::begin(others), std::end(others), begins) && std::none_of(std::begin(secrets), std::end(secrets), holds)) return true;
        }
    }
    return false;
}

LLMX_DECL void note_relayed_fields(inbound& in, const server_connection& peer) {
    const auto note = [&in](const http_field& f) {
        if (f.value.empty() || in.relayed_count == in.relayed.size()) return;
        const auto known = std::span<const http_field>(in.relayed).first(in.relayed_count);
        // `tracestate` alone may come in several lines; they are one list (RFC 9110 section 5.3).
        if (!find_field(known, f.name).empty() && !iequals(f.name, "tracestate")) return;
        in.relayed[in.relayed_count++] = f;
    };
    // First, as there is room for a few fields alone.
    for (const http_field& f : peer.head().fields) {
        switch (f.name.size()) {
        case 10: if (iequals(f.name, "tracestate")) note(f); break;
        case 11: if (iequals(f.name, "traceparent")) note(f); break;
        // One that is not usable was replaced.
        case 12: if (iequals(f.name, "x-request-id") && f.value == peer.context().request_id) note(f); break;
        default: break;
        }
    }
    const std::vector<std::string>& chosen = peer.forward_headers();
    if (chosen.empty()) return;
    for (const http_field& f : peer.head().fields) {
        // All lines of that one have been noted.
        if (iequals(f.name, "tracestate")) continue;
        if (!is_chosen_field(chosen, f.name) || !owner_of_field(f.name, true).empty()) continue;
        // A field of the connection alone (RFC 9110 section 7.6.1).
        bool hops = false;
        for_each_listed(peer.head(), "connection", [&](std::string_view named) { hops = hops || iequals(named, f.name); });
        if (!hops) note(f);
    }
}

LLMX_DECL void settle_cost_of(server_connection& peer, const call& c) {
    settle_cost(c.context->report, std::chrono::system_clock::time_point(std::chrono::seconds(peer.on().unix_seconds())));
}

LLMX_DECL void announce_cost(server_connection& peer, const call& c) {
    const model_facts* const known = c.context->report.facts;
    if (known == nullptr || !known->prices || !peer.takes_trailers()) return;
    append_field(peer.fields(), "trailer", std::string_view("x-llmx-response-cost"));
}

LLMX_DECL void state_stream_cost(server_connection& peer, const call& c) {
    settle_cost_of(peer, c);
    const std::optional<money>& cost = c.context->report.cost;
    if (cost && peer.takes_trailers()) append_field(peer.fields(), "x-llmx-response-cost", dollar_text(*cost).view());
}

/// The estimate of a reply that came from no provider, for another thread.
LLMX_DECL class basic_usage_estimating final : public offloaded_work {
public:
    basic_usage_estimating(call& c, const reply& answer) noexcept : call_(&c), answer_(&answer) {}
    std::size_t bytes() const noexcept override { return answer_->body.size(); }
    void run() override {
        if (!reports_usage(answer_->body)) estimate_usage(*call_, answer_->body);
    }

private:
    call* call_;
    const reply* answer_;
};
using usage_estimating = LLMX_PLAIN(basic_usage_estimating);

LLMX_DECL boost::asio::awaitable<void> estimate_usage_of(server_connection& peer, call& c, const reply& answer) {
    LLMX_OF(usage_estimating) work(c, answer);
    // A call that is cancelled needs none.
    if (answer.body.size() > offload_scan_above) (void)co_await peer.on().offload(work, peer.context().cancellation);
    else work.run();
}

LLMX_DECL std::string_view tokenizer_of(const call& c) noexcept {
    const model_facts* known = c.report.facts;
    if (known == nullptr && c.group != nullptr && !c.group->members.empty()) {
        const deployment& first = *c.group->members.front();
        known = facts_of(first, first.model);
    }
    return known != nullptr ? std::string_view(known->tokenizer) : std::string_view();
}

LLMX_DECL void describe_count(server_connection& peer, const call& c, bool exact, token_count& counted) {
    const std::string_view name = tokenizer_of(c);
    std::string by(exact ? name : std::string_view("estimate "));
    if (!exact) by.append(find_token_rates(name).family);
    append_field(peer.fields(), "x-llmx-tokenizer", by);
    counted.model = std::string(c.report.upstream_model);
    if (counted.model.empty() && c.group != nullptr && !c.group->members.empty()) counted.model = c.group->members.front()->model;
    counted.counted_by = exact ? "openai_tokenizer" : "estimate";
}

LLMX_DECL duration note_overhead(server_connection& peer, const call& c) {
    const duration total = peer.on().now() - c.context->started;
    const duration ours = std::max(duration::zero(), total - c.context->report.upstream_time);
    peer.log_overhead(ours);
    return ours;
}

LLMX_DECL void describe_call(server_connection& peer, const call& c) {
    const call_context& context = *c.context;
    const duration ours = note_overhead(peer, c);
    text_memory memory;
    text_writer w(peer.fields(), memory);
    w.field("x-llmx-model: ", context.report.upstream_model);
    w.field("x-llmx-provider: ", context.report.provider);
    w.field("x-llmx-deployment-id: ", context.report.deployment_id);
    w.raw("x-llmx-attempted-retries: ").number(context.report.retries);
    w.raw("\r\nx-llmx-attempted-fallbacks: ").number(context.report.fallbacks);
    w.raw("\r\nx-llmx-overhead-us: ").number(std::chrono::duration_cast<std::chrono::microseconds>(ours).count());
    w.raw("\r\n");
    // A stream has no cost yet: its tokens come with its end.
    if (!c.in.stream) {
        settle_cost_of(peer, c);
        if (context.report.cost) w.raw("x-llmx-response-cost: ").copy(dollar_text(*context.report.cost).view()).raw("\r\n");
    }
    if (context.report.tokens.empty() && !context.report.estimate.empty()) w.raw("x-llmx-usage-estimated: true\r\n");
    if (!c.now.dropped.empty()) {
        // Callers decide how many there are and how they are called; a head has its limits.
        constexpr std::size_t longest = 256, most = 1024;
        std::string names;
        for (const std::string& d : c.now.dropped) {
            std::string name = text_writer::field_text(std::string_view(d).substr(0, longest));
            if (d.size() > longest) name += "...";
            if (!names.empty()) names += ", ";
            if (names.size() + name.size() > most) {
                names += "...";
                break;
            }
            names += name;
        }
        w.field("x-llmx-dropped-params: ", names);
    }
    for (const header_fields::field& f : context.report.reply_fields)
        if (!f.omitted) w.copy(f.name).raw(": ").copy(f.value).raw("\r\n");
    w.spill();
}

/// What is left to be freed of a call.
LLMX_DECL class basic_call_freeing final : public offloaded_work {
public:
    basic_call_freeing(call& c, result<reply>& answer) noexcept : call_(&c), answer_(&answer) {}
    std::size_t bytes() const noexcept override { return call_->in.body.size(); }
    void run() override {
        call_->now.how.reset();
        // `inbound::memory` is released with the call, on its own thread.
        if (call_->in.canonical.owns()) call_->in.canonical.reset();
        if (*answer_) (*answer_)->how.reset();
    }

private:
    call* call_;
    result<reply>* answer_;
};
using call_freeing = LLMX_PLAIN(basic_call_freeing);

LLMX_DECL boost::asio::awaitable<void> free_offloaded(server_connection& peer, call& c, result<reply>& answer) {
    if (c.now.how == nullptr && !c.in.canonical.owns() && (!answer || answer->how == nullptr)) co_return;
    // Also of a call that was cancelled.
    cancellation never;
    LLMX_OF(call_freeing) work(c, answer);
    (void)co_await peer.on().offload(work, never);
}

} // namespace llmx::inline LLMX_ABI::detail
