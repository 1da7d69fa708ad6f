// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/vendor_request.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/model_pattern.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/facade.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// Fills in \p c and \p request, which the call refers to.
LLMX_DECL void set_up_vendor_call(call& c, std::string_view deployment, std::string& group, const vendor_ask& ask, pass_through_request& request) {
    request.method = ask.method;
    request.path = ask.path;
    request.query = ask.query;
    request.fields = ask.fields;
    request.model = ask.model;
    request.codec = ask.codec;
    request.measures = ask.measures;
    request.elsewhere = ask.elsewhere;
    if (!ask.content_type.empty()) {
        http_field type;
        type.name = "content-type";
        type.value = ask.content_type;
        request.fields.push_back(type);
    }
    inbound& in = c.in;
    in.operation = &pass_through::info;
    in.canonical = any_message::borrow<own_attempt>(request);
    in.stream = true;
    in.no_fallback = true;
    in.retries = 0;
    in.body = ask.body;
    in.source = ask.source;
    group = pinned_model(deployment);
    c.model = group;
}

/// A deployment that was there when the id was made.
LLMX_DECL [[nodiscard]] error without_deployment(error e, std::string_view deployment) {
    if (e.value() == errc::not_found && e.provider().empty())
        e.with_message("the deployment '" + std::string(deployment) + "' that has this is no longer configured");
    return e;
}

LLMX_DECL boost::asio::awaitable<result<vendor_answer>> ask_vendor(const any_service& gateway, call& c, std::string_view deployment, const vendor_ask& ask,
                                                                   std::size_t most) {
    vendor_answer answer;
    std::string group;
    pass_through_request request(answer.head);
    const call_ending ending(c);
    set_up_vendor_call(c, deployment, group, ask, request);
    result<reply> got = co_await gateway.execute(c);
    if (!got) {
        if (!answer.head.refused) co_return without_deployment(got.error(), deployment);
        answer.body = std::move(answer.head.body);
        co_return std::move(answer);
    }
    if (got->stream == nullptr) co_return error(errc::internal, "the gateway answered a request to a vendor in another form than it came");
    for (;;) {
        const result<std::string_view> piece = co_await got->stream->read_some();
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        if (piece->size() > most - answer.body.size()) co_return error(errc::bad_response, "the vendor's answer is longer than any of its kind");
        answer.body += *piece;
    }
    co_return std::move(answer);
}

/// The media type in header lines.
LLMX_DECL [[nodiscard]] std::string_view type_in(std::string_view fields) noexcept {
    constexpr std::string_view name = "content-type: ";
    for (std::string_view rest = fields; !rest.empty();) {
        const std::size_t end = rest.find("\r\n");
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
        if (line.size() > name.size() && iequals(line.substr(0, name.size()), name)) return line.substr(name.size());
    }
    return std::string_view();
}

/// Events of a vendor with their ids changed, a line at a time.
LLMX_DECL boost::asio::awaitable<void> relay_events(server_connection& peer, reply_stream& stream, const vendor_relay& how) {
    // A line of an event is a JSON text as large as an answer may be.
    std::string held, out;
    for (;;) {
        const result<std::string_view> piece = co_await stream.read_some();
        if (!piece) {
            co_await peer.cut_stream(std::string_view(), piece.error());
            co_return;
        }
        held += *piece;
        const std::size_t end = piece->empty() ? held.size() : held.rfind('\n') + 1;
        if (held.size() - end > max_resource_answer) {
            const error large(errc::bad_response, "a line of the vendor's events is too long");
            co_await peer.cut_stream(std::string_view(), large);
            co_return;
        }
        bool written = true;
        if (end != 0) {
            out.clear();
            for (std::size_t at = 0; at < end;) {
                const std::size_t line = std::min(held.find('\n', at), end - 1) + 1;
                out += with_json_strings(std::string_view(held).substr(at, line - at), how.change);
                at = line;
            }
            held.erase(0, end);
            written = co_await peer.write(out);
        }
        if (!written) {
            const error gone(errc::cancelled);
            co_await peer.cut_stream(std::string_view(), gone);
            co_return;
        }
        if (piece->empty()) break;
    }
    (void)co_await peer.end_stream();
}

LLMX_DECL boost::asio::awaitable<void> relay_vendor(server_connection& peer, const any_service& gateway, std::string_view deployment,
                                                    const vendor_ask& ask, const vendor_relay& how) {
    pass_through_answer answered;
    std::string group;
    pass_through_request request(answered);
    call& c = peer.open_call();
    const call_ending ending(c);
    set_up_vendor_call(c, deployment, group, ask, request);
    peer.log_model(ask.model, false);
    result<reply> got = co_await gateway.execute(c);
    describe_call(peer, c);
    if (!got && !answered.refused) {
        const error why = without_deployment(got.error(), deployment);
        co_await peer.fail(why);
        co_return;
    }
    if (!got) {
        peer.log_failure(got.error());
        peer.begin_passed(answered.status, answered.fields, answered.body.size());
        (void)co_await peer.write(answered.body);
        (void)co_await peer.end_stream();
        co_return;
    }
    if (got->stream == nullptr) {
        const error other(errc::internal, "the gateway answered a request to a vendor in another form than it came");
        co_await peer.fail(other);
        co_return;
    }
    const std::string_view type = type_in(answered.fields);
    if (how.change && type.starts_with("text/event-stream")) {
        append_field(peer.fields(), "x-accel-buffering", std::string_view("no"));
        peer.begin_passed(answered.status, answered.fields, std::nullopt);
        co_await relay_events(peer, *got->stream, how);
        co_return;
    }
    const bool json = how.change && type.starts_with("application/json");
    if (!json) peer.begin_passed(answered.status, answered.fields, answered.length);
    std::string whole;
    for (;;) {
        const result<std::string_view> piece = co_await got->stream->read_some();
        if (!piece) {
            if (json) co_await peer.fail(piece.error());
            else co_await peer.cut_stream(std::string_view(), piece.error());
            co_return;
        }
        if (piece->empty()) break;
        if (!json) {
            const bool written = co_await peer.write(*piece);
            if (written) continue;
            const error gone(errc::cancelled);
            co_await peer.cut_stream(std::string_view(), gone);
            co_return;
        }
        if (piece->size() > max_resource_answer - whole.size()) {
            const error large(errc::bad_response, "the vendor's answer is longer than any of its kind");
            co_await peer.fail(large);
            co_return;
        }
        whole += *piece;
    }
    if (!json) {
        (void)co_await peer.end_stream();
        co_return;
    }
    std::string text = with_json_strings(whole, how.change);
    if (how.keep && answered.status < 300) {
        boost::asio::awaitable<result<void>> keeping = how.keep(text);
        const result<void> kept = co_await std::move(keeping);
        if (!kept) {
            co_await peer.fail(kept.error());
            co_return;
        }
    }
    peer.begin_passed(answered.status, answered.fields, text.size());
    (void)co_await peer.write(text);
    (void)co_await peer.end_stream();
}

LLMX_DECL result<const deployment*> resource_deployment(const topology& served, const principal* who, std::string_view model, std::string_view provider,
                                                        std::span<const std::string_view> fallbacks) {
    if (!model.empty()) {
        const model_group* const group = served.find(model);
        if (group == nullptr || group->members.empty())
            return error(errc::not_found, "the model '" + std::string(model) + "' is not served").with_param("model");
        if (who != nullptr && !who->may_use(model))
            return error(errc::permission_denied, "the key '" + who->alias + "' may not use the model '" + std::string(model) + "'").with_param("model");
        for (const deployment* const d : group->members)
            if (provider.empty() || d->provider == provider) return d;
        return error(errc::not_found, "the model '" + std::string(model) + "' has no deployment of '" + std::string(provider) + "'").with_param("model");
    }
    // Azure's own name for OpenAI's resources in LiteLLM's configurations.
    if (provider == "azure_openai") provider = "azure";
    const deployment* found = nullptr;
    const auto look = [&](std::string_view name) {
        if (const model_group* const group = served.find(pass_through_group(name)); found == nullptr && group != nullptr && !group->wildcard)
            found = group->members.front();
    };
    if (!provider.empty()) {
        look(provider);
        if (found == nullptr)
            return error(errc::not_found, "the vendor '" + std::string(provider) +
                                              "' is not served: the gateway has no deployment of it and no key for it, or pass_through is off")
                .with_param("custom_llm_provider");
    }
    if (provider.empty()) std::for_each(fallbacks.begin(), fallbacks.end(), look);
    if (found != nullptr && who != nullptr && !who->models.empty())
        return error(errc::permission_denied, "the key '" + who->alias +
                                                  "' may use certain models only: name one of them in the query (?model=) or in the field x-litellm-model")
            .with_param("model");
    return found;
}

LLMX_DECL resource_choice choice_of(const http_request_head& head) {
    resource_choice found;
    static_cast<void>(decode_name(query_value(head.query, "model"), found.model));
    static_cast<void>(decode_name(query_value(head.query, "custom_llm_provider"), found.provider));
    if (found.model.empty()) found.model = head.find("x-litellm-model");
    if (found.provider.empty()) found.provider = head.find("custom-llm-provider");
    return found;
}

LLMX_DECL std::string model_at(const deployment& d, std::string_view model) {
    if (!is_pattern(d.model)) return d.model;
    pattern_parts parts;
    std::string name;
    if (match_pattern(d.model_group, model, &parts)) append_filled(name, d.model, parts);
    else name = model;
    return name;
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
