// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A path of an endpoint, as data: `before` alone, or a name between `before` and `after`.
struct path_pattern {
    /// The path itself.
    constexpr path_pattern(std::string_view whole) noexcept : before(whole) {}
    /// A model or deployment stands between the two, percent-encoded; it may hold slashes.
    constexpr path_pattern(std::string_view head, std::string_view tail, bool streamed = false) noexcept
        : before(head), after(tail), named(true), stream(streamed) {}
    std::string_view before, after;
    bool named = false;
    /// The path asks for a stream.
    bool stream = false;

    /// The name in \p path, empty for a path without one.
    [[nodiscard]] bool matches(std::string_view path, std::string_view& name) const noexcept {
        if (!named) return path == before;
        name = detail::between(path, before, after);
        return !name.empty();
    }
};

/// An endpoint that is a codec behind paths: `POST` of a request in the form \p C, answered by the
/// gateway.
///
/// `struct my_endpoint : codec_endpoint<my_endpoint, my_codec> { static constexpr std::string_view usage
/// = "POST /v1/mine"; static constexpr path_pattern paths[] = {"/v1/mine"}; };` is all of it. Where streams
/// may be wanted as one JSON array, the endpoint has `static bool wants_array(std::string_view query)`.
template <class Self, codec C> struct codec_endpoint {
    static constexpr std::string_view language = C::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    /// Forms with files are sent on while they come.
    static constexpr bool streams_body = !detail::codec_functions<C>::json_request();

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        std::uint8_t form = 0;
        for (const path_pattern& p : Self::paths) {
            std::string_view name;
            if (p.matches(path, name)) return endpoint_match::of(method, "POST", name, form);
            ++form;
        }
        return endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { C::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        if constexpr (streams_body) {
            return serve_form(peer, gateway);
        } else {
            if (peer.match().name.empty()) return facade<C>::serve(peer, gateway, request_target());
            return serve_named(peer, gateway);
        }
    }

private:
    /// The model or deployment that the path names; empty when it names none.
    [[nodiscard]] static result<void> decode_model(const endpoint_match& m, std::string& decoded) {
        if (detail::decode_name(m.name, decoded)) return success();
        return error(errc::invalid_request, "the model in the path must be percent-encoded UTF-8");
    }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve_form(server_connection& peer, Gateway& gateway) {
        std::string decoded;
        const result<void> named = decode_model(peer.match(), decoded);
        if (!named) {
            co_await peer.fail(named.error());
            co_return;
        }
        request_target target;
        target.model = decoded;
        detail::form_upload upload(peer);
        // A form may leave the model to the path, and is written anew then.
        const bool whole = !decoded.empty();
        const result<void> begun = co_await upload.read_until_model(whole);
        if (!begun) {
            co_await peer.fail(begun.error());
            co_return;
        }
        if constexpr (requires { gateway.passes(peer.on(), std::string_view(), codec_of<C>, nullptr); }) {
            const bool translated = !upload.ended() && !gateway.passes(peer.on(), upload.head().model, codec_of<C>, forms_of<typename C::operation>());
            // Only a whole form can be written in another language.
            if (translated) {
                const result<void> rest = co_await upload.read_rest();
                if (!rest) {
                    co_await peer.fail(rest.error());
                    co_return;
                }
            }
        }
        co_await facade<C>::serve(peer, gateway, target, false, &upload);
    }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve_named(server_connection& peer, Gateway& gateway) {
        std::string decoded;
        const result<void> named = decode_model(peer.match(), decoded);
        if (!named) {
            co_await peer.fail(named.error());
            co_return;
        }
        request_target target;
        target.model = decoded;
        target.stream = Self::paths[peer.match().form].stream;
        bool array = false;
        if constexpr (requires { Self::wants_array(std::string_view()); })
            array = target.stream && Self::wants_array(peer.head().query);
        co_await facade<C>::serve(peer, gateway, target, array);
    }
};

} // namespace llmx::inline LLMX_ABI
