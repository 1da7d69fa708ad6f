// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/classify.hpp>
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/providers/github_copilot.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The editor that Copilot is asked as: it answers no others.
inline constexpr std::string_view copilot_editor_fields = "editor-version: vscode/1.104.1\r\n"
                                                          "editor-plugin-version: copilot-chat/0.31.0\r\n"
                                                          "copilot-integration-id: vscode-chat\r\n"
                                                          "x-github-api-version: 2025-04-01\r\n";

LLMX_DECL class basic_copilot_token_source final : public token_source {
public:
    basic_copilot_token_source(base_url server, secret github, std::string identity)
        : server_(std::move(server)), github_(std::move(github)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        http_request out;
        out.method = "GET";
        out.target = server_.path;
        out.fields = "accept: application/json\r\n";
        out.fields += copilot_editor_fields;
        out.fields += "authorization: token ";
        out.fields += github_.reveal();
        out.fields += "\r\n";
        const std::int64_t now = on.unix_seconds();
        const result<token_answer> answer = co_await ask_token_server(on, server_, out, limits, stop);
        wipe(out.fields);
        if (!answer) co_return answer.error();
        co_return read(*answer, now);
    }

private:
    [[nodiscard]] result<access_token> read(const token_answer& answer, std::int64_t now) const {
        token_json members;
        const bool readable = members.parse(answer.body);
        if (!answer.good())
            return token_refused(server_, answer.status, std::string(), readable ? members.text("message") : std::string(),
                                 "give the GitHub token of an account that has Copilot, or log in again",
                                 {github_.reveal()});
        std::string text = readable ? members.text("token") : std::string();
        if (text.empty() || !safe_field_value(text)) return token_answer_unreadable(server_);
        access_token token;
        token.text = secret(std::move(text));
        // The clock of this machine may differ from GitHub's: the interval that GitHub names for a refresh does not depend on it.
        const std::int64_t until = members.seconds("expires_at").value_or(now + 300) - now;
        token.lifetime = std::chrono::seconds(std::clamp<std::int64_t>(members.seconds("refresh_in").value_or(until), 0, 86400));
        return token;
    }

    base_url server_;
    secret github_;
    std::string identity_;
};
using copilot_token_source = LLMX_PLAIN(basic_copilot_token_source);

/// What the fields of a request depend on.
struct copilot_request {
    bool of_agent = false, image = false;
};

LLMX_DECL void read_copilot_message(std::string_view message, copilot_request& found) {
    static_cast<void>(scan_json_members(message, [&found](const json_member& m) {
        if (m.named("role")) found.of_agent = m.value == "\"tool\"" || m.value == "\"assistant\"" || m.value == "\"function\"";
        if (!m.named("content") || !m.value.starts_with('[')) return;
        static_cast<void>(scan_json_elements(m.value, [&found](const json_member& part) {
            if (!part.value.starts_with('{')) return;
            static_cast<void>(scan_json_members(part.value, [&found](const json_member& one) {
                found.image = found.image || (one.named("type") && one.value == "\"image_url\"");
            }));
        }));
    }));
}

/// Reads the messages of a finished body; one that is malformed is Copilot's to refuse.
LLMX_DECL [[nodiscard]] copilot_request read_copilot_request(const body_pieces& body) {
    std::string text;
    text.reserve(body.bytes());
    for (const std::string_view piece : body) text += piece;
    copilot_request found;
    static_cast<void>(scan_json_members(text, [&found](const json_member& m) {
        if (!m.named("messages") || !m.value.starts_with('[')) return;
        static_cast<void>(scan_json_elements(m.value, [&found](const json_member& message) {
            found.of_agent = false;
            if (message.value.starts_with('{')) read_copilot_message(message.value, found);
        }));
    }));
    return found;
}

} // namespace detail

LLMX_DECL result<void> github_copilot::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    if (own.tokens != nullptr && d.key.empty()) return success();
    if (d.key.empty()) {
        std::string path = detail::variable_or_empty(variables, "GITHUB_COPILOT_TOKEN_DIR");
        if (path.empty()) path = detail::variable_or_empty(variables, "HOME").append("/.config/litellm/github_copilot");
        std::string file = detail::variable_or_empty(variables, "GITHUB_COPILOT_ACCESS_TOKEN_FILE");
        if (file.empty()) file = "access-token";
        path.append("/").append(file);
        result<std::string> text = detail::read_credentials_file(path, "the file of the GitHub token");
        if (!text) {
            error e = text.error();
            return e.with_message(e.message() + "; give api_key or set GITHUB_COPILOT_TOKEN to the GitHub token of an account that has Copilot");
        }
        while (!text->empty() && static_cast<unsigned char>(text->back()) <= ' ') text->pop_back();
        d.key = secret(std::move(*text));
    }
    if (!safe_field_value(d.key.reveal())) return error(errc::bad_configuration, "the GitHub token holds a line break");
    result<base_url> server = detail::parse_token_server(own.token_url.empty() ? default_token_url : std::string_view(own.token_url),
                                                                 "github_copilot_token_url");
    if (!server) return server.error();
    result<std::string> identity =
        detail::credential_identity("github_copilot", {server->where.authority, server->path, d.key.reveal()});
    if (!identity) return identity.error();
    own.tokens = std::make_shared<const detail::copilot_token_source>(std::move(*server), d.key, std::move(*identity));
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> github_copilot::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    out.target = d.api_base.path;
    out.target += what.path();
    out.fields += detail::copilot_editor_fields;
    if (what.codec->operation != &chat::info) return success();
    const detail::copilot_request found = detail::read_copilot_request(out.body);
    out.fields += "openai-intent: conversation-panel\r\nx-initiator: ";
    out.fields += found.of_agent ? "agent\r\n" : "user\r\n";
    if (found.image) out.fields += "copilot-vision-request: true\r\n";
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> github_copilot::authorize(runtime& on, const deployment& d, http_request& out,
                                                                         const http_limits& limits, cancellation& stop) const {
    token_source_ptr from = d.settings.get<settings>().tokens;
    if (from == nullptr) {
        error e(errc::bad_configuration, "deployment '" + d.id + "' of github_copilot has no source of tokens; complete it with registry::complete");
        co_return e;
    }
    result<void> added = co_await authorize_with_token(on, std::move(from), d, out, limits, stop);
    co_return added;
}

LLMX_DECL error github_copilot::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    return classify_http(name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
