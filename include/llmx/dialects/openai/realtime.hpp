// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/realtime.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Realtime API, `GET /v1/realtime?model=…` with an upgrade to WebSocket
/// (https://platform.openai.com/docs/guides/realtime-websocket). Messages pass as they are.
struct openai_realtime {
    using operation = realtime;
    static constexpr std::string_view name = "openai_realtime", language = "openai";
    static constexpr std::string_view path = "/realtime";
    LLMX_DECL static void encode_error(const error& failure, std::string& out) { openai_chat::encode_error(failure, out); }
};

namespace detail {

/// A codec whose requests have no body and whose answers are a connection: a name, a path, and `sessions` (`session_codec_ops`) when
/// its messages are not OpenAI's.
template <class C> struct codec_functions<C, realtime> {
    static constexpr bool for_clients = !requires { C::sessions; };
    [[nodiscard]] static constexpr codec_ops table() noexcept {
        const void* sessions = nullptr;
        if constexpr (requires { C::sessions; }) sessions = &C::sessions;
        return {C::name, C::language, &realtime::info, C::path, std::string_view(), false, true,
                nullptr, &decode_request, &encode_request, &caller_path, &must_translate, &outweighs_of,
                &decode_reply, &encode_reply, &scan_usage, &make_watch, &stream_failure, sessions};
    }

private:
    [[nodiscard]] static error no_body() { return error(errc::internal, "a realtime session has no body to be read or written"); }
    static result<any_message> decode_request(std::string_view, std::string_view, const request_target&) { return no_body(); }
    static result<void> encode_request(const any_message&, const encode_options&, encoded_request&, drop_report&) {
        return no_body();
    }
    static std::string caller_path(const request_place& at, const any_message&) { return at.text(); }
    static bool must_translate(std::string_view) { return false; }
    static bool outweighs_of(const any_message&, std::size_t) { return false; }
    static result<any_message> decode_reply(std::string_view, std::string_view, const rendering*) { return no_body(); }
    static void encode_reply(const any_message&, const reply_options&, std::string&) {}
    static usage scan_usage(std::string_view) { return usage(); }
    static std::unique_ptr<any_stream_watch> make_watch(std::string_view) { return nullptr; }
    static error stream_failure(std::string_view) { return no_body(); }
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
