// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/header_fields.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/server/detail/forwarding.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/detail/upgrade_request.hpp>
#include <llmx/server/impl/facade.ipp>
#include <llmx/server/relay.hpp>
#include <llmx/server/request_body.hpp>
#include <llmx/wire/content_coding.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_weight.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string query_without_key(std::string_view query) {
    std::string out;
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const result<std::string> name = percent_decode(pair.substr(0, pair.find('=')));
        if (!name || *name == "key") continue;
        if (!out.empty()) out += '&';
        out += pair;
    }
    return out;
}

LLMX_DECL bool is_passed_field(const http_request_head& head, std::string_view name) {
    const std::string_view owner = owner_of_field(name, true);
    if (!owner.empty() && owner != "the form of the message") return false;
    // Other credentials, what proxies and browsers add, and accounts of the operator's key.
    static constexpr std::array<std::string_view, 10> others = {"x-auth-token", "ocp-apim-subscription-key", "forwarded", "via", "x-real-ip",
                                                                "origin", "referer", "openai-organization", "openai-project",
                                                                "x-goog-user-project"};
    if (std::any_of(others.begin(), others.end(), [name](std::string_view n) { return iequals(n, name); })) return false;
    const auto begins = [name](std::string_view with) { return name.size() >= with.size() && iequals(name.substr(0, with.size()), with); };
    for (const std::string_view with : {"x-llmx-", "x-litellm-", "x-forwarded-", "sec-", "cf-", "proxy-"})
        if (begins(with)) return false;
    bool hops = false;
    for_each_listed(head, "connection", [&](std::string_view token) { hops = hops || iequals(token, name); });
    return !hops;
}

LLMX_DECL LLMX_OF(forwarding)::basic_forwarding(server_connection& peer, const provider_ops& ops, std::string_view rest)
    : request(answered), peer_(&peer), ops_(&ops), memory_(peer.memory()) {
    const http_request_head& head = peer.head();
    request.method = head.method;
    request.path = rest;
    query_ = query_without_key(head.query);
    request.query = query_;
    request.upgrade = head.method == "GET" && asks_for_websocket(head);
}

LLMX_DECL LLMX_OF(forwarding)::basic_forwarding(server_connection& peer, const provider_ops& ops, std::string_view rest, const own_path& route)
    : basic_forwarding(peer, ops, rest) {
    route_ = &route;
    request.verbatim = true;
    request.cost = route.cost_per_request;
    for (const auto& [name, value] : route.headers) {
        http_field f;
        f.name = name;
        f.value = value.reveal();
        request.own_fields.push_back(f);
    }
    std::string_view defaults = route.query;
    while (!defaults.empty()) {
        const std::string_view pair = defaults.substr(0, defaults.find('&'));
        defaults.remove_prefix(std::min(defaults.size(), pair.size() + 1));
        const std::string_view name = pair.substr(0, pair.find('='));
        std::string_view given = query_;
        bool there = false;
        while (!given.empty() && !there) {
            const std::string_view one = given.substr(0, given.find('&'));
            given.remove_prefix(std::min(given.size(), one.size() + 1));
            there = one.substr(0, one.find('=')) == name;
        }
        if (there) continue;
        if (!query_.empty()) query_ += '&';
        query_ += pair;
    }
    request.query = query_;
}

LLMX_DECL void LLMX_OF(forwarding)::take_fields() {
    const http_request_head& head = peer_->head();
    if (route_ != nullptr && !route_->forward_headers) {
        for (const http_field& f : head.fields)
            for (const std::string_view name : {"accept", "content-type", "content-encoding", "accept-encoding", "x-request-id", "traceparent", "tracestate"})
                if (iequals(f.name, name) && !f.value.empty() && safe_field_value(f.value)) request.fields.push_back(f);
        return;
    }
    for (const http_field& f : head.fields)
        if (!f.value.empty() && safe_field_value(f.value) && is_passed_field(head, f.name)) request.fields.push_back(f);
}

LLMX_DECL void LLMX_OF(forwarding)::take_handshake() {
    const http_request_head& head = peer_->head();
    append_protocols(head, protocols_);
    for (const std::string_view name : {"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"}) {
        http_field f;
        f.name = name;
        f.value = head.find(name);
        if (!f.value.empty() && safe_field_value(f.value)) request.fields.push_back(f);
    }
    if (protocols_.empty()) return;
    http_field f;
    f.name = "sec-websocket-protocol";
    f.value = protocols_;
    request.fields.push_back(f);
}

LLMX_DECL void LLMX_OF(forwarding)::find_codec() {
    if (request.method != "POST") return;
    const std::string_view path = request.path;
    for (const codec_ops* const c : ops_->codecs) {
        if (c->operation->answer == operation_info::answers::duplex) continue;
        const bool stream = !c->stream_path.empty() && path.ends_with(c->stream_path.substr(0, c->stream_path.find('?')));
        // "/v1/messages" may be written without its version where the base has it.
        std::string_view own = c->path;
        if (own.starts_with("/v1/")) own.remove_prefix(3);
        if (!stream && !path.ends_with(own)) continue;
        codec_ = c;
        streams_ = stream;
        return;
    }
    // Claude on Vertex AI has Anthropic's language behind methods of Google's.
    if (path.find("/publishers/anthropic/") == std::string_view::npos) return;
    streams_ = path.ends_with(":streamRawPredict");
    for (const codec_ops* const c : ops_->codecs)
        if ((streams_ || path.ends_with(":rawPredict")) && c->language == "anthropic") codec_ = c;
}

LLMX_DECL void LLMX_OF(forwarding)::note_model(std::string name) {
    if (name.empty()) return;
    if (model_.empty()) model_ = name;
    if (std::find(models_.begin(), models_.end(), name) == models_.end()) models_.push_back(std::move(name));
}

LLMX_DECL void LLMX_OF(forwarding)::find_models_in_path() {
    std::string_view path = request.path;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view word = path.substr(0, path.find('/'));
        path.remove_prefix(word.size());
        const bool google = word == "models" || word == "tunedModels";
        if (!google && word != "model" && word != "deployments") continue;
        std::string_view name = path.substr(std::min<std::size_t>(path.size(), 1));
        name = name.substr(0, name.find('/'));
        // A method of Google's stands behind the name.
        if (google) name = name.substr(0, name.rfind(':'));
        std::string decoded;
        if (!name.empty() && decode_name(name, decoded)) note_model(std::move(decoded));
    }
    if (!models_.empty()) path_model_ = models_.front();
}

LLMX_DECL void LLMX_OF(forwarding)::find_models_in(std::string_view json, int depth, bool everywhere) {
    // Deeper there is no model of a request.
    constexpr int deepest = 6;
    const auto take = [&](const json_member& m) {
        if (m.named("model") && is_json_string(m.value)) note_model(unescape_json_string(m.value));
        if (m.named("models") && m.value.starts_with('['))
            static_cast<void>(scan_json_elements(m.value, [this](const json_member& e) {
                if (is_json_string(e.value)) note_model(unescape_json_string(e.value));
            }));
        const bool nested = m.value.starts_with('{') || m.value.starts_with('[');
        // Vendors' own tools have models (Responses' image_generation); the other members of a known request have none.
        if ((everywhere || (depth == 0 && m.named("tools"))) && nested && depth < deepest) find_models_in(m.value, depth + 1, true);
    };
    // What is malformed is refused by its vendor, and names no further model.
    if (json.starts_with('[')) static_cast<void>(scan_json_elements(json, take));
    else static_cast<void>(scan_json_members(json, take));
}

LLMX_DECL bool LLMX_OF(forwarding)::limited() const noexcept {
    const principal* const who = peer_->context().principal.get();
    return who != nullptr && !who->models.empty();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(forwarding)::read_whole() {
    request_body& body = peer_->body_reader();
    for (;;) {
        const result<std::string_view> piece = co_await body.read_some();
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        if (piece->size() > held_.capacity() - held_.size()) {
            const std::size_t had = held_.capacity(), next = std::max(had * 2, held_.size() + piece->size());
            if (!memory_.grow_body(next)) {
                error e(errc::shed, "the gateway has no memory for the request's body now; try again later");
                co_return e.with_retry_after(std::chrono::seconds(1));
            }
            held_.reserve(next);
            memory_.shrink(had);
        }
        held_ += *piece;
    }
    whole_ = true;
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(forwarding)::decode(std::string_view coding) {
    const content_coding known = content_coding_of(coding);
    const bool possible = make_content_decoder(known) != nullptr;
    if (!possible && limited())
        co_return error(errc::unsupported_media_type, "the models in a body of this content coding cannot be checked: send it uncompressed and without "
                                                      "Content-Encoding");
    sealed_ = true;
    if (!possible) co_return success();
    plain_.emplace(peer_->memory());
    LLMX_OF(body_decoding) work(held_, known, peer_->max_body(), *plain_);
    const result<void> ran = co_await peer_->on().offload(work, peer_->context().cancellation);
    if (!ran) co_return ran.error();
    if (!work.good) {
        plain_.reset();
        // The vendor has the last word about what need not be read.
        if (limited()) co_return work.good;
        co_return success();
    }
    sealed_ = false;
    if (!limited()) co_return success();
    held_ = std::move(plain_->text);
    if (!memory_.grow_body(held_.size())) {
        error e(errc::shed, "the gateway has no memory for the request's body now; try again later");
        co_return e.with_retry_after(std::chrono::seconds(1));
    }
    plain_.reset();
    std::erase_if(request.fields, [](const http_field& f) { return iequals(f.name, "content-encoding"); });
    co_return success();
}

LLMX_DECL result<void> LLMX_OF(forwarding)::scan() {
    const std::string_view body = text();
    const std::size_t begin = std::min(body.find_first_not_of(" \t\r\n"), body.size());
    const std::string_view json = body.substr(begin);
    bool known = false;
    if (codec_ != nullptr && codec_->scan_request != nullptr) {
        request_target target;
        target.model = path_model_;
        target.stream = streams_;
        result<request_head> found = codec_->scan_request(body, target);
        // The vendor has the last word about a request that a codec refuses.
        known = found.has_value();
        if (known) head_ = std::move(*found);
    }
    if (limited() && begin != body.size()) {
        // Readers disagree about which of two members of one name counts, so all count.
        const result<void> sound = json.starts_with('[') ? scan_json_elements(json, [](const json_member&) {})
                                                         : scan_json_members(json, [](const json_member&) {});
        if (!sound) return sound;
    }
    find_models_in(json, 0, !known);
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(forwarding)::read() {
    result<void> plain = success();
    if (route_ == nullptr || !request.path.empty()) plain = check_forwarded_path(request.path);
    if (!plain) co_return plain;
    take_fields();
    if (request.upgrade) {
        const result<void> right = check_websocket_request(peer_->head());
        if (!right) co_return right;
        take_handshake();
    }
    find_codec();
    find_models_in_path();
    if (!peer_->announces_body()) {
        whole_ = true;
        co_return success();
    }
    const std::string_view type = peer_->head().find("content-type");
    const bool json = type.empty() || type.starts_with("application/json") || type.find("+json") != std::string_view::npos;
    const std::string_view named = peer_->head().find("content-encoding");
    const bool coded = content_coding_of(named) != content_coding::identity;
    if (!json && coded && limited())
        co_return error(errc::unsupported_media_type, "the models in a body of this content coding cannot be checked: send it uncompressed and without "
                                                      "Content-Encoding");
    if (!json && limited() && type.starts_with("multipart/form-data")) {
        form_.emplace(*peer_);
        const result<void> begun = co_await form_->read_until_model(false);
        if (begun && !form_->head().model.empty()) note_model(std::string(form_->head().model));
        co_return begun;
    }
    // A signature is made of the whole body.
    if (!json && ops_->authorize == nullptr) co_return success();
    const result<void> read = co_await read_whole();
    if (!read || !json) co_return read;
    if (coded) {
        const result<void> decoded = co_await decode(named);
        if (!decoded || sealed_) co_return decoded;
    }
    co_return scan();
}

LLMX_DECL result<void> LLMX_OF(forwarding)::admit(const topology& served) const {
    if (!limited()) return success();
    const principal& who = *peer_->context().principal;
    const std::string vendor(route_ != nullptr ? std::string_view(route_->path) : ops_->name);
    const auto may = [&](const std::string& model) {
        // Google's names of models have a prefix that groups leave out.
        const std::string_view bare = std::string_view(model).starts_with("models/") ? std::string_view(model).substr(7) : std::string_view(model);
        // What is behind an operator's own path is the operator's too.
        if (route_ != nullptr) return who.may_use(bare);
        if (who.may_use(std::string(vendor).append("/").append(bare))) return true;
        return std::any_of(served.deployments().begin(), served.deployments().end(), [&](const deployment& d) {
            return d.provider == vendor && d.model == bare && !is_pass_through_group(d.model_group) && who.may_use(d.model_group);
        });
    };
    std::string refused;
    for (const std::string& model : models_)
        if (!may(model)) refused = model;
    if (!models_.empty() && refused.empty()) return success();
    std::string allowed;
    for (const std::string& m : who.models) (allowed += allowed.empty() ? "" : ", ") += m;
    if (models_.empty())
        return error(errc::permission_denied, "the key '" + who.alias + "' may use certain models only, and the request to '" + vendor +
                                                  "' names none where llmx finds it; it may use: " + allowed);
    return error(errc::permission_denied,
                 "the key '" + who.alias + "' may not use the model '" + vendor + "/" + refused + "'; it may use: " + allowed)
        .with_param("model");
}

LLMX_DECL void LLMX_OF(forwarding)::set_up(call& c, std::string_view group) {
    inbound& in = c.in;
    in.operation = &pass_through::info;
    in.canonical = any_message::borrow<own_attempt>(request);
    in.stream = true;
    in.no_fallback = true;
    in.retries = 0;
    in.body = form_ ? form_->held() : std::string_view(held_);
    if (form_ && !form_->ended()) {
        form_->attach(in);
    } else if (!form_ && !whole_) {
        in_ = &in;
        in.source = this;
    }
    if (whole_ && !sealed_ && !held_.empty()) {
        const json_weight weight = weigh_json(text());
        in.estimated_tokens = tokens_of_text(weight.text) + weight.blobs * tokens_of_media +
                              static_cast<std::uint64_t>(std::max<std::int64_t>(0, head_.max_output_tokens));
    }
    request.codec = codec_;
    request.model = model_;
    c.model = group;
    peer_->log_model(model_, head_.stream || streams_);
}

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(forwarding)::read_some() {
    in_->source_begun = true;
    result<std::string_view> piece = co_await peer_->body_reader().read_some();
    if (!piece) in_->source_failed = true;
    co_return piece;
}

LLMX_DECL std::optional<std::uint64_t> LLMX_OF(forwarding)::size() const noexcept { return peer_->body_reader().size(); }

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(forwarding)::give_tunnel(reply& opened) {
    auto& session = static_cast<reply_tunnel&>(*opened.stream);
    append_upgrade_fields(peer_->fields(), session.fields(), protocols_);
    append_field(peer_->fields(), "sec-websocket-extensions", find_field(session.fields(), "sec-websocket-extensions"));
    const bool switched = co_await peer_->switch_protocols();
    if (!switched) co_return; // the client has gone, and the call ends as cancelled
    const taken_socket client = peer_->take_socket();
    const relay_options times;
    const result<void> how = co_await relay(*peer_, client, session.upstream(), times);
    session.ended(how);
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(forwarding)::give(call& c, result<reply>& got) {
    server_connection& peer = *peer_;
    describe_call(peer, c);
    if (!got && !answered.refused) {
        co_await peer.fail(got.error());
        co_return;
    }
    if (!got) {
        peer.log_failure(got.error());
        peer.begin_passed(answered.status, answered.fields, answered.body.size());
        if (peer.head().method != "HEAD") (void)co_await peer.write(answered.body);
        (void)co_await peer.end_stream();
        co_return;
    }
    if (got->stream == nullptr) {
        const error other(errc::internal, "the gateway answered a request that is passed on in another form than it came");
        co_await peer.fail(other);
        co_return;
    }
    if (answered.status == 101) {
        co_await give_tunnel(*got);
        co_return;
    }
    if (!answered.length) announce_cost(peer, c);
    // nginx would collect events, and send them when a buffer is full.
    if (answered.fields.find("text/event-stream") != std::string::npos) append_field(peer.fields(), "x-accel-buffering", std::string_view("no"));
    peer.begin_passed(answered.status, answered.fields, answered.length);
    for (;;) {
        const result<std::string_view> piece = co_await got->stream->read_some();
        if (!piece) {
            co_await peer.cut_stream(std::string_view(), piece.error());
            co_return;
        }
        if (piece->empty()) break;
        const bool written = co_await peer.write(*piece);
        if (!written) {
            const error gone(errc::cancelled);
            co_await peer.cut_stream(std::string_view(), gone);
            co_return;
        }
    }
    state_stream_cost(peer, c);
    (void)co_await peer.end_stream();
}

} // namespace llmx::inline LLMX_ABI::detail
