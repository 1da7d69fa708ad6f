// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/service/offload.hpp>
#include <llmx/transport/http_exchange.hpp>
#if !defined(LLMX_NO_TLS)
#include <llmx/wire/digest.hpp>
#endif
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool token_json::parse(std::string_view text) {
    boost::system::error_code failed;
    value_ = boost::json::parse(boost::json::string_view(text.data(), text.size()), failed);
    return !failed && value_.is_object();
}

LLMX_DECL const boost::json::value* token_json::find(std::string_view name) const {
    if (!value_.is_object()) return nullptr;
    return value_.get_object().if_contains(boost::json::string_view(name.data(), name.size()));
}

LLMX_DECL std::string token_json::text(std::string_view name) const {
    const boost::json::value* const v = find(name);
    return v != nullptr && v->is_string() ? std::string(v->get_string()) : std::string();
}

LLMX_DECL std::optional<std::int64_t> token_json::seconds(std::string_view name) const {
    const boost::json::value* const v = find(name);
    if (v == nullptr) return std::nullopt;
    boost::system::error_code failed;
    const auto n = v->to_number<std::int64_t>(failed);
    if (failed) return std::nullopt;
    return n;
}

LLMX_DECL boost::asio::awaitable<result<token_answer>> ask_token_server(runtime& on, const base_url& to, http_request& out,
                                                                        const http_limits& limits, cancellation& stop) {
    out.to = &to.where;
    result<http_response> got = co_await on.transport().exchange(out, limits, stop);
    token_answer answer;
    result<void> read = success();
    if (got) {
        answer.status = got->status;
        read = co_await got->body->read_all(answer.body);
    } else {
        read = got.error();
    }
    if (read) co_return answer;
    error e = read.error();
    co_return e.with_message("the token server " + to.where.authority + " did not answer: " + e.message());
}

LLMX_DECL error token_refused(const base_url& to, int status, std::string code, std::string words,
                              std::string_view advice, const std::vector<std::string_view>& secrets) {
    for (const std::string_view secret : secrets) {
        hide_secret(code, secret);
        hide_secret(words, secret);
    }
    const bool busy = status == 408 || status == 429;
    const errc what = busy ? errc::rate_limited : status >= 500 ? errc::overloaded : errc::authentication;
    std::string m = "the token server " + to.where.authority;
    if (what == errc::authentication) m += " refused the credentials";
    else m += busy ? " takes no more requests now" : " failed";
    m += " with status " + std::to_string(status);
    // A code is printable ASCII (RFC 6749 section 5.2); anything else could be of any length, or break the line.
    const bool printable = std::all_of(code.begin(), code.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!code.empty() && code.size() <= 64 && printable) m += " (" + code + ")";
    if (what == errc::authentication) m.append("; ").append(advice);
    error e(what, std::move(m));
    if (!code.empty()) e.with_provider_code(std::move(code));
    if (!words.empty()) e.with_provider_message(std::move(words));
    return e;
}

LLMX_DECL error token_answer_unreadable(const base_url& to) {
    return error(errc::bad_response, "the token server " + to.where.authority + " answered with something that is not a token");
}

LLMX_DECL result<access_token> read_bearer_token(const base_url& from, const token_answer& answer) {
    token_json members;
    std::string text = members.parse(answer.body) ? members.text("access_token") : std::string();
    if (text.empty() || !safe_field_value(text)) return token_answer_unreadable(from);
    access_token token;
    token.text = secret(std::move(text));
    // The lifetime may be left out; 5 minutes are less than any server gives.
    token.lifetime = std::chrono::seconds(std::clamp<std::int64_t>(members.seconds("expires_in").value_or(300), 0, 86400));
    return token;
}

LLMX_DECL result<base_url> parse_token_server(std::string_view text, std::string_view what) {
    result<base_url> url = parse_base_url(text);
    if (!url) return error(errc::bad_configuration, std::string(what) + ": " + url.error().message());
    const std::string& host = url->where.host;
    if (!url->where.tls && host != "127.0.0.1" && host != "localhost" && host != "::1")
        return error(errc::bad_configuration, std::string(what) + " is not https, which would expose the credentials; use an https URL");
    if (url->path.empty()) url->path = "/";
    return url;
}

#if !defined(LLMX_NO_TLS)
LLMX_DECL result<std::string> credential_identity(std::string_view kind, std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const std::string_view part : parts) all.append(part).append("\0", 1);
    const result<sha256_digest> digest = sha256_of(all);
    wipe(all);
    if (!digest) return digest.error();
    std::string identity(kind);
    identity += ':';
    append_hex(identity, bytes_of(*digest));
    return identity;
}
#endif

LLMX_DECL void append_form_field(std::string& form, std::string_view name, std::string_view value) {
    if (!form.empty()) form += '&';
    append_percent_encoded(form, name);
    form += '=';
    append_percent_encoded(form, value);
}

LLMX_DECL result<std::string> read_credentials_file(const std::string& path, std::string_view what) {
    constexpr std::size_t most = std::size_t{1} << 20;
    std::ifstream in(path, std::ios::binary);
    std::string text;
    char block[4096];
    while (in && text.size() <= most) {
        in.read(block, sizeof block);
        text.append(block, static_cast<std::size_t>(in.gcount()));
    }
    if (text.empty() || in.bad())
        return error(errc::bad_configuration, std::string(what) + " '" + path + "' cannot be read, or is empty");
    if (text.size() > most) return error(errc::bad_configuration, std::string(what) + " '" + path + "' is larger than 1 MiB");
    return text;
}

/// Reads a file on another thread.
LLMX_DECL class basic_credentials_file_reading final : public offloaded_work {
public:
    explicit basic_credentials_file_reading(const std::string& path) noexcept : path_(&path) {}
    result<std::string> text = errc::internal;
    std::size_t bytes() const noexcept override { return 4096; }
    void run() override { text = read_credentials_file(*path_, "the file of a token"); }

private:
    const std::string* path_;
};
using credentials_file_reading = LLMX_PLAIN(basic_credentials_file_reading);

LLMX_DECL boost::asio::awaitable<result<std::string>> read_token_file(runtime& on, const std::string& path, cancellation& stop) {
    LLMX_OF(credentials_file_reading) reading(path);
    const result<void> ran = co_await on.offload(reading, stop);
    if (!ran) co_return ran.error();
    if (!reading.text) co_return reading.text.error();
    std::string token = std::move(*reading.text);
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.pop_back();
    co_return token;
}

} // namespace llmx::inline LLMX_ABI::detail
