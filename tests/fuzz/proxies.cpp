// SPDX-License-Identifier: BSL-1.0
// URLs of proxies and lists of exceptions: no password stands in a message, what is read cannot break a head, and an exception
// that is added never sends an origin through the proxy.
#include "support.hpp"

#include <llmx/transport/http_proxy.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view planted = "sk-planted-secret";

void check_url(std::string_view text) {
    const auto via = llmx::parse_proxy("HTTPS_PROXY", text);
    if (!via) {
        fuzz::require_sentence(via.error());
        const std::string message = via.error().message();
        fuzz::require(via.error().value() == llmx::errc::bad_configuration, "a wrong proxy is bad_configuration");
        fuzz::require(message.starts_with("HTTPS_PROXY: "), "a message begins with the setting", message);
        fuzz::require(message.find(planted) == std::string::npos, "no secret stands in a message", message);
        return;
    }
    fuzz::require(!via->where.tls && !via->where.host.empty() && via->where.port != 0, "a proxy has a host and a port", text);
    fuzz::require(llmx::safe_field_value(via->where.authority), "a proxy's host cannot break a head", via->where.authority);
    std::string field;
    llmx::detail::append_proxy_authorization(field, *via);
    fuzz::require(field.empty() == via->credentials.empty(), "credentials are sent when there are some");
    if (!field.empty()) {
        constexpr std::string_view begin = "Proxy-Authorization: Basic ";
        fuzz::require(field.starts_with(begin) && field.ends_with("\r\n"), "credentials are one field", field);
        const auto back = llmx::base64_decode(std::string_view(field).substr(begin.size(), field.size() - begin.size() - 2));
        fuzz::require(back.has_value() && *back == via->credentials.reveal(), "credentials are sent as they were given");
        fuzz::require(back->find(':') != std::string::npos, "a user is separated from the password");
    }
    const llmx::error refused = llmx::detail::proxy_refusal(*via, "example.com:443", 407);
    fuzz::require_sentence(refused);
    // The host is public; what stands before it is not.
    if (via->where.authority.find(planted) == std::string::npos)
        fuzz::require(refused.message().find(planted) == std::string::npos, "no secret stands in a message", refused.message());
}

void check_exceptions(std::string_view text, std::string_view url) {
    const auto origin = llmx::parse_base_url(url);
    const auto settings_of = [](std::string exceptions) {
        return llmx::proxies_from_environment([exceptions](std::string_view name) -> std::optional<std::string> {
            if (name == "all_proxy") return "http://proxy.example:3128";
            if (name == "no_proxy") return exceptions;
            return std::nullopt;
        });
    };
    const std::string exceptions(text);
    const auto some = settings_of(exceptions), more = settings_of(exceptions + ",other.example"), all = settings_of(exceptions + ",*");
    fuzz::require(some.has_value() && more.has_value() && all.has_value(), "no list of exceptions is refused", text);
    const bool direct = some->proxy_for(origin->where) == nullptr;
    if (direct) fuzz::require(more->proxy_for(origin->where) == nullptr, "an exception that is added takes none away", text);
    fuzz::require(all->proxy_for(origin->where) == nullptr, "a star exempts every origin", text);
    std::string capitals(text);
    for (char& c : capitals)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    fuzz::require((settings_of(capitals)->proxy_for(origin->where) == nullptr) == direct, "letters of either case are equal", text);
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    check_url(text);
    // An environment's variable ends at its first NUL.
    if (text.find('\0') != std::string_view::npos) return;
    for (const std::string_view url : {"https://api.example.com", "http://10.1.2.3:8080", "https://[2001:db8::1]:8443", "http://localhost"})
        check_exceptions(text, url);
}
