// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/url.hpp>

#include <cstddef>
#include <fstream>
#include <utility>

namespace llmx::inline v0::detail {

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
    // A code of theirs is a word; anything else could be of any length.
    if (!code.empty() && code.size() <= 64) m += " (" + code + ")";
    if (what == errc::authentication) m.append("; ").append(advice);
    error e(what, std::move(m));
    if (!code.empty()) e.with_provider_code(std::move(code));
    if (!words.empty()) e.with_provider_message(std::move(words));
    return e;
}

LLMX_DECL error token_answer_unreadable(const base_url& to) {
    return error(errc::bad_response, "the token server " + to.where.authority + " answered with something that is not a token");
}

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

} // namespace llmx::inline v0::detail
