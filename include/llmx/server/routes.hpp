// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Appends \p e in OpenAI's form, for servers none of whose endpoints has a language for it.
LLMX_DECL void encode_plain_error(const error& e, std::string& out);

/// The language a caller most likely speaks, by what its SDK always sends: Gemini's paths,
/// Anthropic's version field, the id of an invocation of AWS's, else OpenAI's.
LLMX_DECL [[nodiscard]] std::string_view language_of(const http_request_head& head) noexcept;

namespace detail {

/// Whether \p head asks for one of Google's methods of a model: `POST .../models/{model}:{method}`, the method in camel case. A
/// model's name may hold colons too.
LLMX_DECL [[nodiscard]] bool asks_google_method(const http_request_head& head) noexcept;
/// That \p head asks for a path which does not exist, in the manner of \p language; \p usage has those that do.
LLMX_DECL [[nodiscard]] error no_such_path(const http_request_head& head, std::string_view language, const std::string& usage);

/// An endpoint of a server, by its type.
template <class E> struct endpoint_slot {
    E value;
};
template <class E, class... Given> inline constexpr bool is_given = (std::same_as<E, Given> || ...);

/// Whether a server with these endpoints can be made of the objects \p Given: each is one of them, and
/// those that are left out can be made by default.
template <class... Endpoints> struct endpoint_list {
    template <class... Given>
    static constexpr bool completed_by = (is_given<Given, Endpoints...> && ...) &&
                                         ((is_given<Endpoints, Given...> || std::default_initializable<Endpoints>) && ...);
};

/// \p E as it was given, or made by default.
template <class E, class... Given> [[nodiscard]] E endpoint_from(std::tuple<Given...>& given) {
    if constexpr (is_given<E, Given...>) return std::move(std::get<E>(given));
    else return E();
}

/// The endpoints of a server as objects. Those that are not given are made by default, in their place:
/// only what is given must be movable.
template <class... Endpoints> struct endpoint_set : endpoint_slot<Endpoints>... {
    template <class... Given>
    explicit endpoint_set(std::tuple<Given...> given)
        : endpoint_slot<Endpoints>(endpoint_from<Endpoints>(given))... {}
    template <class E> [[nodiscard]] E& get() noexcept { return static_cast<endpoint_slot<E>&>(*this).value; }
};

} // namespace detail

/// The endpoints of a server, in order of precedence: the first that matches a path serves it.
template <class Gateway, class... Endpoints> class route_table {
public:
    static constexpr std::size_t none = sizeof...(Endpoints);
    using objects = detail::endpoint_set<Endpoints...>;

    /// Who answers a request, and in whose language it fails.
    struct route {
        /// Endpoint that matched, or `none`.
        std::size_t endpoint = none;
        endpoint_match match;
        server_connection::error_writer write_error = &encode_plain_error;
        std::string_view language;
        /// What the log calls an endpoint without a language; empty otherwise.
        std::string_view name;
        bool needs_key = true;
        bool quiet = false;
        bool takes_body = true;
        bool streams_body = false;
        bool takes_codings = false;
    };

    [[nodiscard]] static route find(const http_request_head& head, objects& all) noexcept {
        route r;
        std::size_t i = 0;
        (void)(consider<Endpoints>(r, i++, head, all.template get<Endpoints>()) || ...);
        if (r.language.empty()) {
            r.language = language_of(head);
            r.write_error = &encode_plain_error;
            // OpenAI's codec takes what is not found for a model; a path has no code there.
            const bool no_path = r.match.what == endpoint_match::verdict::none;
            if (!no_path || r.language != "openai_chat") (void)(speak<Endpoints>(r) || ...);
        }
        return r;
    }

    static boost::asio::awaitable<void> serve(objects& all, std::size_t endpoint, server_connection& c, Gateway& g) {
        using function = boost::asio::awaitable<void> (*)(objects&, server_connection&, Gateway&);
        static constexpr std::array<function, none> table = {&serve_by<Endpoints>...};
        return table[endpoint](all, c, g);
    }

    /// The paths that exist, for a caller whose path does not.
    [[nodiscard]] static std::string usage() {
        std::string all;
        ((all += all.empty() ? "" : ", ", all += Endpoints::usage), ...);
        return all;
    }

private:
    template <class E> static boost::asio::awaitable<void> serve_by(objects& all, server_connection& c, Gateway& g) {
        return all.template get<E>().serve(c, g);
    }
    template <class E> static bool consider(route& r, std::size_t index, const http_request_head& head, const E& object) noexcept {
        using verdict = endpoint_match::verdict;
        const endpoint_match m = object.match(head.method, head.path);
        if (m.what == verdict::none) return false;
        // A wrong method is remembered: another endpoint may have the path with the right one.
        if (m.what == verdict::wrong_method && r.match.what == verdict::wrong_method) return false;
        r.match = m;
        r.write_error = &E::encode_error;
        r.language = E::language;
        r.name = detail::endpoint_name<E>();
        if (m.what == verdict::wrong_method) return false;
        r.endpoint = index;
        r.needs_key = E::needs_key(m);
        r.quiet = E::quiet;
        r.streams_body = detail::streams_body<E>();
        r.takes_codings = detail::takes_codings<E>();
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
