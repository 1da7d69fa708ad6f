// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/openai_files.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/dialects/videos.hpp>
#include <llmx/server/detail/video_keeper.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/wire/json_scan.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Of `/v1/videos[/{id}[/content | /remix]]`.
enum class video_path : std::uint8_t { list, one, content, remix };

/// All requests but those that begin a video.
LLMX_DECL boost::asio::awaitable<void> serve_video(server_connection& peer, resources& all, const any_service& gateway, const topology& served,
                                                   const resource_owner& owner);
/// Whether the body of the request on \p peer names a model.
LLMX_DECL [[nodiscard]] bool names_video_model(const server_connection& peer);
inline constexpr std::string_view default_video_model = "sora-2";

} // namespace detail

/// OpenAI's videos: begins one (JSON, or a form with `input_reference`), lists, retrieves, downloads, changes and deletes them
/// (platform.openai.com/docs/api-reference/videos).
///
/// A request that begins a video is a call as any other: it is routed by its model, "sora-2" when it names none, and translated for Google's Veo
/// and Runway. The id in the answer leads later requests back to the account that makes the video (`resource_ids`); ids of other callers are 404. A
/// list has what the caller has begun, and asks the vendor about what is unfinished. `remix`, and the deletion of a video, are of the
/// vendors that have them: others answer `errc::unsupported_operation`. Contents are relayed as they come, except those that Vertex AI sends in
/// base64 inside of its answer.
class openai_videos_endpoint {
public:
    static constexpr std::string_view usage = "GET and POST /v1/videos, GET and DELETE /v1/videos/{id}, GET /v1/videos/{id}/content, "
                                              "POST /v1/videos/{id}/remix";
    static constexpr std::string_view name = "videos";
    static constexpr std::string_view language = "openai";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { openai_videos::encode_error(e, out); }

    /// \p all is not null.
    explicit openai_videos_endpoint(std::shared_ptr<resources> all) noexcept : all_(std::move(all)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        // Azure's clients have their own beginning.
        if (path.starts_with("/openai/v1/")) path.remove_prefix(7);
        std::string_view rest;
        if (!detail::behind_root(path, "/videos", rest)) return endpoint_match();
        const auto form = [](detail::video_path p) { return static_cast<std::uint8_t>(p); };
        if (rest.empty() || rest == "/") return endpoint_match::of(method, "GET, HEAD, POST", std::string_view(), form(detail::video_path::list));
        rest.remove_prefix(1);
        const std::string_view id = rest.substr(0, rest.find('/')), verb = rest.substr(id.size());
        if (verb.empty()) return endpoint_match::of(method, "GET, HEAD, DELETE", id, form(detail::video_path::one));
        if (verb == "/content") return endpoint_match::of(method, "GET", id, form(detail::video_path::content));
        if (verb == "/remix") return endpoint_match::of(method, "POST", id, form(detail::video_path::remix));
        return endpoint_match();
    }
    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const result<detail::resource_owner> owner = detail::owner_of(*all_, peer);
        if (!owner) {
            co_await peer.fail(owner.error());
            co_return;
        }
        const bool begins = peer.head().method == "POST" && peer.match().name.empty();
        if (!begins) {
            const any_service service = any_service::refer_to(gateway);
            const std::shared_ptr<const topology> served = gateway.world();
            co_await detail::serve_video(peer, *all_, service, *served, *owner);
            co_return;
        }
        request_target target;
        if (!detail::names_video_model(peer)) target.model = detail::default_video_model;
        detail::video_keeper keeper(*all_, peer, *owner);
        const bool form = peer.head().find("content-type").starts_with("multipart/");
        if (form) co_await facade<openai_video_form, detail::video_keeper>::serve(peer, gateway, target, false, nullptr, &keeper);
        else co_await facade<openai_videos, detail::video_keeper>::serve(peer, gateway, target, false, nullptr, &keeper);
    }

private:
    std::shared_ptr<resources> all_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/openai_videos.ipp>
#endif

#endif // LLMX_NO_TLS
