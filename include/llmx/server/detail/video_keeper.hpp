// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/resource_record.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/service/call.hpp>
#include <llmx/wire/json_strings.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A vendor that makes videos: where OpenAI's API of them is below its base URL.
struct video_vendor {
    std::string_view provider;
    /// The vendor has an API of its own, and its videos are translated.
    bool translated = true;
    /// Before "/videos", behind what the base URL has of it.
    std::string_view root = {};
    /// In each request's query.
    std::string_view query = {};
};
/// Null when the provider makes none.
LLMX_DECL [[nodiscard]] const video_vendor* find_video_vendor(std::string_view provider) noexcept;

/// The kind of the records of videos.
inline constexpr std::string_view video_kind = "videos";

/// Another id for a string of an answer of the vendor's account \p deployment: ids of videos become those of the gateway.
LLMX_DECL [[nodiscard]] std::optional<std::string> change_video_id(const resources& all, const resource_owner& owner, std::string_view deployment,
                                                                   const json_strings::item& one);
/// Keeps the video that \p text shows, in which the ids are the gateway's. \p made: it is new; else it replaces the record that is there.
/// \p model: the vendor's name of the model of a new one, empty when it is not known.
LLMX_DECL boost::asio::awaitable<result<void>> keep_video(resources& all, server_connection& peer, const resource_owner& owner, std::string_view text,
                                                          bool made, std::string_view model);

/// One request that begins a video: what `facade` asks. Gives the answer an id of the gateway and keeps a record of it.
///
/// Stands in the frame of its endpoint; not thread-safe.
LLMX_DECL class basic_video_keeper {
public:
    /// All outlive this.
    basic_video_keeper(resources& all, server_connection& peer, const resource_owner& owner) noexcept : all_(&all), peer_(&peer), owner_(&owner) {}

    [[nodiscard]] std::string_view body() const noexcept { return peer_->body(); }
    void set_up(call&) noexcept {}
    void answered(call&) noexcept {}
    boost::asio::awaitable<void> keep(const call& c, std::string& answer, bool native);
    /// No video is streamed when it begins.
    boost::asio::awaitable<void> follow(const call& c, std::string_view piece, bool native);

private:
    resources* all_;
    server_connection* peer_;
    const resource_owner* owner_;
};
using video_keeper = LLMX_PLAIN(basic_video_keeper);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/video_keeper.ipp>
#endif

#endif // LLMX_NO_TLS
