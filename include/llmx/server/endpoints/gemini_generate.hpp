// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/server/auth.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`; also below
/// `/v1alpha`, `/v1` and the root. Model names may hold slashes, encoded or not.
struct gemini_generate_endpoint {
    static constexpr std::string_view usage =
        "POST /v1beta/models/{model}:generateContent, POST /v1beta/models/{model}:streamGenerateContent";
    static constexpr std::string_view language = gemini_generate::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    enum form : std::uint8_t { whole, stream };

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        for (const std::string_view prefix : {std::string_view("/v1beta/models/"), std::string_view("/v1alpha/models/"),
                                              std::string_view("/v1/models/"), std::string_view("/models/")}) {
            std::string_view model = detail::between(path, prefix, ":generateContent");
            if (!model.empty()) return endpoint_match::of(method, "POST", model, whole);
            model = detail::between(path, prefix, ":streamGenerateContent");
            if (!model.empty()) return endpoint_match::of(method, "POST", model, stream);
        }
        return endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { gemini_generate::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& connection, Gateway& gateway) {
        request_target target;
        std::string decoded;
        if (!detail::decode_name(connection.match().name, decoded)) {
            const error bad(errc::invalid_request, "the model in the path must be percent-encoded UTF-8");
            co_await connection.fail(bad);
            co_return;
        }
        target.model = decoded;
        target.stream = connection.match().form == stream;
        const bool sse = detail::query_value(connection.head().query, "alt") == "sse";
        co_await facade<gemini_generate>::serve(connection, gateway, target, target.stream && !sse);
    }
};

} // namespace llmx::inline v0
