// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Appends \p e in OpenAI's form, for servers none of whose endpoints has a language for it.
LLMX_DECL void encode_plain_error(const error& e, std::string& out);

/// The language a caller most likely speaks, by what its SDK always sends: Gemini's paths,
/// Anthropic's version field, else OpenAI's.
LLMX_DECL [[nodiscard]] std::string_view language_of(const http_request_head& head) noexcept;

/// The endpoints of a server, asked in order: the first that knows a path has it.
template <class Gateway, server_endpoint... Endpoints> class route_table {
public:
    static constexpr std::size_t none = sizeof...(Endpoints);

    /// Who answers a request, and in whose language it fails.
    struct route {
        /// Endpoint that matched, or `none`.
        std::size_t endpoint = none;
        endpoint_match match;
        server_connection::error_writer write_error = &encode_plain_error;
        std::string_view language;
        bool needs_key = true;
        bool quiet = false;
        bool takes_body = true;
        bool streams_body = false;
    };

    [[nodiscard]] static route find(const http_request_head& head) noexcept {
        route r;
        std::size_t i = 0;
        (void)(consider<Endpoints>(r, i++, head) || ...);
        if (r.language.empty()) {
            r.language = language_of(head);
            r.write_error = &encode_plain_error;
            (void)(speak<Endpoints>(r) || ...);
        }
        return r;
    }

    static boost::asio::awaitable<void> serve(std::size_t endpoint, server_connection& c, Gateway& g) {
        using function = boost::asio::awaitable<void> (*)(server_connection&, Gateway&);
        static constexpr std::array<function, none> table = {&Endpoints::template serve<Gateway>...};
        return table[endpoint](c, g);
    }

    /// What exists, for whoever asked for something that does not.
    [[nodiscard]] static std::string usage() {
        std::string all;
        ((all += all.empty() ? "" : ", ", all += Endpoints::usage), ...);
        return all;
    }

private:
    template <class E> static bool consider(route& r, std::size_t index, const http_request_head& head) noexcept {
        using verdict = endpoint_match::verdict;
        const endpoint_match m = E::match(head.method, head.path);
        if (m.what == verdict::none) return false;
        // A wrong method is remembered: another endpoint may have the path with the right one.
        if (m.what == verdict::wrong_method && r.match.what == verdict::wrong_method) return false;
        r.match = m;
        r.write_error = &E::encode_error;
        r.language = E::language;
        if (m.what == verdict::wrong_method) return false;
        r.endpoint = index;
        r.needs_key = E::needs_key(m);
        r.quiet = E::quiet;
        r.streams_body = detail::streams_body<E>();
        r.takes_body = detail::takes_body<E>(m, head.method);
        return true;
    }
    template <class E> static bool speak(route& r) noexcept {
        if (E::language != r.language) return false;
        r.write_error = &E::encode_error;
        return true;
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/routes.ipp>
#endif
