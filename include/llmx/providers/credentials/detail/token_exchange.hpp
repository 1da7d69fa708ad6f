// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/http_message.hpp>

#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// The answer of a token server.
struct token_answer {
    token_answer() = default;
    int status = 0;
    std::string body;
    [[nodiscard]] bool good() const noexcept { return status >= 200 && status <= 299; }
};

/// A JSON object of credentials or of a token server; members that are missing, or of another type, are empty.
class token_json {
public:
    /// False when \p text is not a JSON object.
    LLMX_DECL [[nodiscard]] bool parse(std::string_view text);
    LLMX_DECL [[nodiscard]] std::string text(std::string_view name) const;
    /// A number of seconds.
    LLMX_DECL [[nodiscard]] std::optional<std::int64_t> seconds(std::string_view name) const;

private:
    LLMX_DECL [[nodiscard]] const boost::json::value* find(std::string_view name) const;
    boost::json::value value_;
};

/// Sends \p out to \p to and reads the whole answer, whatever its status; a failure names the server.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<token_answer>>
ask_token_server(runtime& on, const base_url& to, http_request& out, const http_limits& limits, cancellation& stop);

/// A token server's refusal. \p code and \p words are its own; the \p secrets are hidden in them. \p advice ends llmx's
/// sentence, when the credentials are to blame.
LLMX_DECL [[nodiscard]] error token_refused(const base_url& to, int status, std::string code, std::string words,
                                            std::string_view advice, const std::vector<std::string_view>& secrets);

/// The error for an answer that cannot be read.
LLMX_DECL [[nodiscard]] error token_answer_unreadable(const base_url& to);

/// The token of an answer that is good (RFC 6749 section 5.1): `access_token` and `expires_in`.
LLMX_DECL [[nodiscard]] result<access_token> read_bearer_token(const base_url& from, const token_answer& answer);

/// The URL of a token server. It must be https unless it is this machine, since credentials are sent to it; an empty path
/// becomes "/". Fails with `errc::bad_configuration`, which begins with \p what.
LLMX_DECL [[nodiscard]] result<base_url> parse_token_server(std::string_view text, std::string_view what);

#if !defined(LLMX_NO_TLS)
/// The identity of credentials (`token_source::identity`): \p kind, a colon and a digest of \p parts, in which a server that is
/// asked belongs too.
LLMX_DECL [[nodiscard]] result<std::string> credential_identity(std::string_view kind, std::initializer_list<std::string_view> parts);
#endif

/// Appends "&name=value", percent-encoded.
LLMX_DECL void append_form_field(std::string& form, std::string_view name, std::string_view value);

/// The text of a file of credentials, of at most 1 MiB; `errc::bad_configuration` names the file, and never quotes it.
LLMX_DECL [[nodiscard]] result<std::string> read_credentials_file(const std::string& path, std::string_view what);

/// The token in a file that its writer replaces: read now, on another thread, without the white space at its end.
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<std::string>> read_token_file(runtime& on, const std::string& path,
                                                                                    cancellation& stop);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/token_exchange.ipp>
#endif
