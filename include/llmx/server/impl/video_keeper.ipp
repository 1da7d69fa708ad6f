// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/video_keeper.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/json_read.hpp>

#include <boost/json/object.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL const video_vendor* find_video_vendor(std::string_view provider) noexcept {
    // platform.openai.com/docs/api-reference/videos; learn.microsoft.com/azure/foundry/openai/concepts/video-generation
    static constexpr video_vendor vendors[] = {{.provider = "openai", .translated = false},
                                               {.provider = "openai_compatible", .translated = false},
                                               {.provider = "azure", .translated = false, .root = "/openai/v1", .query = "api-version=preview"},
                                               {.provider = "gemini"},
                                               {.provider = "vertex_ai"},
                                               {.provider = "runwayml"}};
    for (const video_vendor& v : vendors)
        if (v.provider == provider) return &v;
    return nullptr;
}

LLMX_DECL std::optional<std::string> change_video_id(const resources& all, const resource_owner& owner, std::string_view deployment,
                                                     const json_strings::item& one) {
    if ((one.key != "id" && one.key != "remixed_from_video_id") || one.escaped || one.value.empty() || one.value.size() > 1024) return std::nullopt;
    const result<std::string> id = all.ids.make(owner.id, resource_ref(std::string(deployment), std::string(one.value)));
    return id ? *id : std::string();
}

LLMX_DECL boost::asio::awaitable<result<void>> keep_video(resources& all, server_connection& peer, const resource_owner& owner, std::string_view text,
                                                          bool made, std::string_view model) {
    const result<boost::json::object> shown = parse_json_object(text);
    if (!shown) co_return success();
    const result<resource_ref> ref = all.ids.read(owner.id, text_of(*shown, "id"));
    if (!ref || ref->is_own()) co_return success();
    cancellation& stop = peer.context().cancellation;
    resource_record r;
    if (!made) {
        result<std::optional<resource_record>> there = co_await find_record(all, video_kind, owner.tag, *ref, stop);
        if (!there) co_return there.error();
        if (!*there) co_return success();
        r = std::move(**there);
        r.shown = *shown;
        result<void> saved = co_await save_record(all, r, stop);
        co_return saved;
    }
    r.kind = video_kind;
    r.owner_tag = owner.tag;
    r.name = new_resource_name(all, peer.on(), &*ref);
    r.shown = *shown;
    r.inside["deployment"] = ref->deployment;
    r.inside["id"] = ref->id;
    r.inside["model"] = model;
    result<void> added = co_await add_record(all, r, stop);
    co_return added;
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(video_keeper)::keep(const call& c, std::string& answer, bool) {
    const std::string_view deployment = c.report.deployment_id;
    answer = with_json_strings(answer, [this, deployment](const json_strings::item& one) { return change_video_id(*all_, *owner_, deployment, one); });
    // The vendor makes the video whether or not the list has it: a store that refuses does not make the id useless.
    (void)co_await keep_video(*all_, *peer_, *owner_, answer, true, c.report.upstream_model);
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(video_keeper)::follow(const call&, std::string_view, bool) { co_return; }

} // namespace llmx::inline LLMX_ABI::detail

#endif // LLMX_NO_TLS
