// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_videos.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/detail/pixel_size.hpp>
#include <llmx/dialects/detail/video_rendering.hpp>
#include <llmx/dialects/openai/detail/form.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/vendor_request.hpp>
#include <llmx/service/detail/open_call.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/service/reply_events.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool names_video_model(const server_connection& peer) {
    bool named = false;
    const std::string_view type = peer.head().find("content-type");
    if (type.starts_with("multipart/"))
        static_cast<void>(read_form(peer.body(), type, [&named](const form_part& p) {
            named = named || p.named("model");
            return success();
        }));
    else static_cast<void>(scan_json_members(peer.body(), [&named](const json_member& m) { named = named || (m.named("model") && !is_json_null(m.value)); }));
    return named;
}

/// A request for one video.
struct asked_video {
    server_connection* peer = nullptr;
    resources* all = nullptr;
    const any_service* gateway = nullptr;
    const resource_owner* owner = nullptr;
    const deployment* at = nullptr;
    const video_vendor* vendor = nullptr;
    resource_ref ref;
    /// The id as the caller has it.
    std::string id;
};

/// The deployment of \p ref among those that are served; null when it is gone.
LLMX_DECL [[nodiscard]] const deployment* deployment_of(const topology& served, std::string_view id) noexcept {
    const model_group* const group = served.find(pinned_model(id));
    return group == nullptr || group->members.empty() ? nullptr : group->members.front();
}

/// The path of a video at a vendor with OpenAI's API.
LLMX_DECL [[nodiscard]] std::string video_path_at(const video_vendor& vendor, std::string_view id, std::string_view verb) {
    std::string path = std::string(vendor.root).append("/videos/");
    append_percent_encoded(path, id);
    return path.append(verb);
}

/// The state of a video at a vendor with another API. The call has ended then.
LLMX_DECL boost::asio::awaitable<result<video_job>> ask_video_state(server_connection& peer, const any_service& gateway, const resource_ref& ref,
                                                                    bool describe) {
    const std::string pinned = pinned_model(ref.deployment);
    const video_state_request request(pinned, ref.id);
    call& c = peer.open_call();
    const call_ending ending(c);
    set_request<video_state>(c, request, false);
    c.model = pinned;
    c.in.pinned_by_id = c.in.no_fallback = true;
    result<reply> got = co_await gateway.execute(c);
    if (describe) describe_call(peer, c);
    if (!got) co_return got.error();
    result<video_job> job = co_await decode_reply<video_state>(c, *got);
    co_return std::move(job);
}

/// What OpenAI's answer would be: the vendor's state, and what its record has beside it.
LLMX_DECL [[nodiscard]] std::string video_state_text(const video_job& state, const resource_record* record, std::string_view id) {
    video_job job = state;
    job.id = id;
    if (record != nullptr) {
        const boost::json::object& was = record->shown;
        if (job.model.empty()) job.model = text_of(was, "model");
        if (job.prompt.empty()) job.prompt = text_of(was, "prompt");
        if (job.size.empty()) job.size = text_of(was, "size");
        if (job.seconds == 0) {
            const std::string seconds = text_of(was, "seconds");
            for (const char c : seconds) job.seconds = c >= '0' && c <= '9' && job.seconds < 100'000 ? job.seconds * 10 + (c - '0') : job.seconds;
        }
        if (job.created_at == 0) job.created_at = whole_of(was, "created_at");
        if (job.completed_at == 0) job.completed_at = whole_of(was, "completed_at");
    }
    std::string text;
    openai_videos::encode_reply(job, reply_options(), text);
    return text;
}

LLMX_DECL boost::asio::awaitable<void> retrieve_video(const asked_video& v) {
    server_connection& peer = *v.peer;
    if (!v.vendor->translated) {
        vendor_ask ask;
        ask.path = video_path_at(*v.vendor, v.ref.id, std::string_view());
        ask.query = v.vendor->query;
        vendor_relay how;
        how.change = [&v](const json_strings::item& one) { return change_video_id(*v.all, *v.owner, v.ref.deployment, one); };
        how.keep = [&v](std::string& text) { return keep_video(*v.all, *v.peer, *v.owner, text, false, std::string_view()); };
        co_await relay_vendor(peer, *v.gateway, v.ref.deployment, ask, how);
        co_return;
    }
    result<std::optional<resource_record>> record = co_await find_record(*v.all, video_kind, v.owner->tag, v.ref, peer.context().cancellation);
    const result<video_job> state = co_await ask_video_state(peer, *v.gateway, v.ref, true);
    if (!state) {
        co_await peer.fail(state.error());
        co_return;
    }
    resource_record* const known = record && *record ? &**record : nullptr;
    video_job job = *state;
    if (known != nullptr && job.status == "completed" && job.completed_at == 0 && whole_of(known->shown, "completed_at") == 0)
        job.completed_at = peer.on().unix_seconds();
    const std::string text = video_state_text(job, known, v.id);
    // A store that refuses changes nothing for this caller.
    (void)co_await keep_video(*v.all, peer, *v.owner, text, false, std::string_view());
    co_await peer.reply(200, "application/json", text);
}

/// Forgets the record of a video.
LLMX_DECL boost::asio::awaitable<result<void>> forget_video(const asked_video& v) {
    cancellation& stop = v.peer->context().cancellation;
    result<std::optional<resource_record>> record = co_await find_record(*v.all, video_kind, v.owner->tag, v.ref, stop);
    // What a store keeps of a video that is gone does no harm: the vendor is asked about it.
    if (record && *record) (void)co_await v.all->options.blobs->erase((*record)->key(), stop);
    co_return success();
}

LLMX_DECL boost::asio::awaitable<void> delete_video(const asked_video& v) {
    server_connection& peer = *v.peer;
    vendor_ask ask;
    ask.method = "DELETE";
    if (!v.vendor->translated) {
        ask.path = video_path_at(*v.vendor, v.ref.id, std::string_view());
        ask.query = v.vendor->query;
        vendor_relay how;
        how.change = [&v](const json_strings::item& one) { return change_video_id(*v.all, *v.owner, v.ref.deployment, one); };
        how.keep = [&v](std::string&) { return forget_video(v); };
        co_await relay_vendor(peer, *v.gateway, v.ref.deployment, ask, how);
        co_return;
    }
    if (v.vendor->provider != "runwayml") {
        error none(errc::unsupported_operation, "Google deletes videos by itself, after two days at the Gemini API: there is no request for it");
        none.with_provider(v.vendor->provider);
        co_await peer.fail(none);
        co_return;
    }
    ask.path = "/v1/tasks/";
    append_percent_encoded(ask.path, own_video_id(v.ref.id));
    call& c = peer.open_call();
    const result<vendor_answer> answer = co_await ask_vendor(*v.gateway, c, v.ref.deployment, ask, max_resource_answer);
    if (!answer) {
        co_await peer.fail(answer.error());
        co_return;
    }
    // The vendor answers 404 for a task that was deleted before.
    if (answer->head.status >= 300 && answer->head.status != 404) {
        const error refused(errc::bad_response, "the provider did not delete the video: it answered " + std::to_string(answer->head.status));
        co_await peer.fail(refused);
        co_return;
    }
    (void)co_await forget_video(v);
    boost::json::object gone;
    gone["id"] = v.id;
    gone["object"] = "video.deleted";
    gone["deleted"] = true;
    const std::string text = json_text(gone);
    co_await peer.reply(200, "application/json", text);
}

/// A video in base64, for another thread.
LLMX_DECL class basic_video_decoding final : public offloaded_work {
public:
    explicit basic_video_decoding(const std::string& text) noexcept : text_(&text) {}
    result<std::string> octets = std::string();
    std::size_t bytes() const noexcept override { return text_->size(); }
    void run() override { octets = base64_decode(*text_); }

private:
    const std::string* text_;
};

/// Whether a vendor's answer may name \p url as the place of what it has made: its own host, or a name of the public network over TLS.
LLMX_DECL [[nodiscard]] bool may_fetch_video(const base_url& url, const deployment& from) noexcept {
    if (url.where == from.api_base.where) return true;
    const std::string_view host = url.where.host;
    const bool numbers = host.find_first_not_of("0123456789.") == std::string_view::npos || host.find(':') != std::string_view::npos;
    constexpr std::array<std::string_view, 4> inside = {".local", ".internal", ".localhost", ".lan"};
    const bool ours = std::any_of(inside.begin(), inside.end(), [host](std::string_view end) { return host.ends_with(end); });
    return url.where.tls && !numbers && !ours && host.find('.') != std::string_view::npos;
}

/// Relays what is at \p url, which an answer of the vendor named.
LLMX_DECL boost::asio::awaitable<void> relay_video_url(const asked_video& v, std::string_view url) {
    server_connection& peer = *v.peer;
    const std::size_t end = std::min(url.find_first_of("?#"), url.size());
    const result<base_url> place = parse_base_url(url.substr(0, end));
    std::optional<error> wrong;
    if (url.starts_with("gs://"))
        wrong = error(errc::unsupported_operation, "the video is in Google Cloud Storage, where storage_uri of its request asked for it; fetch it there");
    else if (!place) wrong = error(errc::bad_response, "the provider names no usable URL for the video; try again");
    else if (!may_fetch_video(*place, *v.at))
        wrong = error(errc::bad_response, "the provider names a URL for the video that is no public address, and is not fetched");
    if (wrong) {
        wrong->with_provider(v.vendor->provider);
        co_await peer.fail(*wrong);
        co_return;
    }
    vendor_ask ask;
    const std::string_view behind = url.substr(end, url.find('#', end) - end);
    if (!behind.empty()) ask.query = behind.substr(1);
    // Google's own address takes the account's key, under any name that the operator has given it.
    const bool own = v.vendor->provider == "gemini";
    if (own) ask.path = place->path;
    else ask.elsewhere = &*place;
    const vendor_relay how;
    co_await relay_vendor(peer, *v.gateway, v.ref.deployment, ask, how);
}

LLMX_DECL boost::asio::awaitable<void> download_video(const asked_video& v) {
    server_connection& peer = *v.peer;
    std::string variant;
    static_cast<void>(decode_name(query_value(peer.head().query, "variant"), variant));
    if (!v.vendor->translated) {
        vendor_ask ask;
        ask.path = video_path_at(*v.vendor, v.ref.id, "/content");
        ask.query = v.vendor->query;
        if (!variant.empty()) {
            ask.query.append(ask.query.empty() ? "" : "&").append("variant=");
            append_percent_encoded(ask.query, variant);
        }
        for (const http_field& f : peer.head().fields)
            if (iequals(f.name, "accept") || iequals(f.name, "range")) ask.fields.push_back(f);
        const vendor_relay how;
        co_await relay_vendor(peer, *v.gateway, v.ref.deployment, ask, how);
        co_return;
    }
    if (!variant.empty() && variant != "video") {
        error other(errc::unsupported_parameter, "this provider has no '" + variant + "' of a video; leave variant out");
        other.with_param("variant");
        co_await peer.fail(other);
        co_return;
    }
    const result<video_job> state = co_await ask_video_state(peer, *v.gateway, v.ref, false);
    std::optional<error> wrong;
    if (!state) wrong = state.error();
    else if (state->status == "failed") wrong = error(errc::invalid_request, "there is no video, since its making failed: " + state->error_message);
    else if (state->status != "completed")
        wrong = error(errc::invalid_request, "the video is not finished: its status is " + state->status + "; ask for it again later");
    if (wrong) {
        co_await peer.fail(*wrong);
        co_return;
    }
    if (state->content_base64.empty()) {
        co_await relay_video_url(v, state->content_url);
        co_return;
    }
    LLMX_OF(video_decoding) work(state->content_base64);
    const result<void> ran = co_await peer.on().offload(work, peer.context().cancellation);
    if (ran && work.octets) {
        co_await peer.reply(200, "video/mp4", *work.octets);
        co_return;
    }
    const error broken = ran ? error(errc::bad_response, "the provider's video is not in base64") : ran.error();
    co_await peer.fail(broken);
}

LLMX_DECL boost::asio::awaitable<void> remix_video(const asked_video& v) {
    server_connection& peer = *v.peer;
    if (v.vendor->translated) {
        error none(errc::unsupported_operation, "this provider changes no videos; begin a new one with another prompt");
        none.with_provider(v.vendor->provider);
        co_await peer.fail(none);
        co_return;
    }
    result<std::optional<resource_record>> record = co_await find_record(*v.all, video_kind, v.owner->tag, v.ref, peer.context().cancellation);
    std::string model = record && *record ? text_of((*record)->inside, "model") : std::string();
    if (model.empty()) model = v.at->model;
    vendor_ask ask;
    ask.method = "POST";
    ask.path = video_path_at(*v.vendor, v.ref.id, "/remix");
    ask.query = v.vendor->query;
    ask.body.assign(peer.body());
    const std::string_view type = peer.head().find("content-type");
    ask.content_type = type.empty() ? std::string("application/json") : std::string(type);
    ask.model = model;
    // A change of a video is charged as a new one is, and is as large as the video.
    ask.codec = &codec_of<openai_videos>;
    if (record && *record) {
        const pixel_size size = read_pixel_size(text_of((*record)->shown, "size"));
        ask.measures.width = size.width;
        ask.measures.height = size.height;
    }
    vendor_relay how;
    how.change = [&v](const json_strings::item& one) { return change_video_id(*v.all, *v.owner, v.ref.deployment, one); };
    how.keep = [&v, &model](std::string& text) { return keep_video(*v.all, *v.peer, *v.owner, text, true, model); };
    co_await relay_vendor(peer, *v.gateway, v.ref.deployment, ask, how);
}

LLMX_DECL boost::asio::awaitable<void> list_videos(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                   const resource_owner& owner) {
    const std::function<bool(const resource_record&)> every;
    result<record_page> page = co_await read_page(all, peer, video_kind, owner, every);
    if (!page) {
        co_await peer.fail(page.error());
        co_return;
    }
    for (resource_record& r : page->rows) {
        const std::string status = text_of(r.shown, "status");
        const resource_ref ref(text_of(r.inside, "deployment"), text_of(r.inside, "id"));
        const deployment* const at = deployment_of(served, ref.deployment);
        const video_vendor* const vendor = at == nullptr ? nullptr : find_video_vendor(at->provider);
        if (vendor == nullptr || status == "completed" || status == "failed") continue;
        std::string text;
        if (vendor->translated) {
            const result<video_job> state = co_await ask_video_state(peer, gateway, ref, false);
            if (state) text = video_state_text(*state, &r, text_of(r.shown, "id"));
        } else {
            vendor_ask ask;
            ask.path = video_path_at(*vendor, ref.id, std::string_view());
            ask.query = vendor->query;
            call& c = peer.open_call();
            const result<vendor_answer> answer = co_await ask_vendor(gateway, c, ref.deployment, ask, max_resource_answer);
            if (answer && answer->head.status < 300)
                text = with_json_strings(answer->body, [&](const json_strings::item& one) { return change_video_id(all, owner, ref.deployment, one); });
        }
        // A vendor that does not answer leaves what was known.
        const result<boost::json::object> now = parse_json_object(text);
        if (text.empty() || !now) continue;
        r.shown = *now;
        (void)co_await save_record(all, r, peer.context().cancellation);
    }
    const std::string text = page_text(*page);
    co_await peer.reply(200, "application/json", text);
}

LLMX_DECL boost::asio::awaitable<void> serve_video(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                   const resource_owner& owner) {
    const auto which = static_cast<video_path>(peer.match().form);
    if (which == video_path::list) {
        co_await list_videos(peer, all, gateway, served, owner);
        co_return;
    }
    asked_video v;
    v.peer = &peer;
    v.all = &all;
    v.gateway = &gateway;
    v.owner = &owner;
    v.id = peer.match().name;
    const result<resource_ref> ref = all.ids.read(owner.id, v.id);
    std::optional<error> wrong;
    if (!ref) {
        wrong = ref.error();
    } else {
        v.ref = *ref;
        v.at = deployment_of(served, ref->deployment);
        v.vendor = v.at == nullptr ? nullptr : find_video_vendor(v.at->provider);
        if (v.at == nullptr)
            wrong = error(errc::not_found, "the deployment '" + ref->deployment + "' that has this video is no longer configured");
        else if (v.vendor == nullptr) wrong = error(errc::not_found, "there is no such id: it is none of a video");
    }
    if (wrong) {
        co_await peer.fail(*wrong);
        co_return;
    }
    if (which == video_path::content) co_await download_video(v);
    else if (which == video_path::remix) co_await remix_video(v);
    else if (peer.head().method == "DELETE") co_await delete_video(v);
    else co_await retrieve_video(v);
}

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
