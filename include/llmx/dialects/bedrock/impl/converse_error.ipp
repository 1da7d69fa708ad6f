// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/detail/reason_text.hpp>
#include <llmx/dialects/bedrock/detail/exceptions.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/detail/has_words.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline LLMX_ABI {
namespace detail {

struct bedrock_error_row {
    std::string_view type;
    errc code;
};

/// API_runtime_Converse, "Errors", and the errors that all AWS services have (CommonErrors.html).
inline constexpr std::array<bedrock_error_row, 27> bedrock_errors = {{
    {"AccessDeniedException", errc::permission_denied},
    {"AccessDenied", errc::permission_denied},
    {"NotAuthorized", errc::permission_denied},
    {"OptInRequired", errc::permission_denied},
    {"ExpiredTokenException", errc::authentication},
    {"ExpiredToken", errc::authentication},
    {"UnrecognizedClientException", errc::authentication},
    {"InvalidClientTokenId", errc::authentication},
    {"InvalidSignatureException", errc::authentication},
    {"IncompleteSignatureException", errc::authentication},
    {"IncompleteSignature", errc::authentication},
    {"MissingAuthenticationTokenException", errc::authentication},
    {"MissingAuthenticationToken", errc::authentication},
    {"RequestExpired", errc::authentication},
    {"ThrottlingException", errc::rate_limited},
    {"TooManyRequestsException", errc::rate_limited},
    {"ServiceQuotaExceededException", errc::quota_exceeded},
    {"ModelNotReadyException", errc::overloaded},
    {"ModelTimeoutException", errc::overloaded},
    {"ServiceUnavailableException", errc::overloaded},
    {"ModelErrorException", errc::provider_internal},
    {"ModelStreamErrorException", errc::provider_internal},
    {"InternalServerException", errc::provider_internal},
    {"InternalFailure", errc::provider_internal},
    {"ResourceNotFoundException", errc::not_found},
    {"ValidationException", errc::invalid_request},
    {"SerializationException", errc::invalid_request},
}};

/// The words of \p failure. Agents compact their conversation upon the API's own sentence.
LLMX_DECL [[nodiscard]] std::string bedrock_error_text(const error& failure) {
    std::string text(failure.provider_message().empty() ? failure.message() : failure.provider_message());
    if (failure.value() != errc::context_window_exceeded || has_words(text, "input is too long")) return text;
    return std::string("Input is too long for requested model. ").append(text);
}

LLMX_DECL std::string_view bedrock_error_type(std::string_view text) noexcept {
    text = text.substr(0, text.find(':'));
    const std::size_t space = text.rfind('#');
    return space == std::string_view::npos ? text : text.substr(space + 1);
}

LLMX_DECL std::optional<errc> bedrock_errc(std::string_view type, std::string_view message) noexcept {
    type = bedrock_error_type(type);
    for (const bedrock_error_row& row : bedrock_errors) {
        if (!equals_ignoring_case(row.type, type)) continue;
        if (row.code == errc::invalid_request) {
            for (const std::string_view words :
                 {"input is too long", "prompt is too long", "exceed context limit", "maximum context length",
                  "context window", "number of input tokens exceeds", "too many input tokens"})
                if (has_words(message, words)) return errc::context_window_exceeded;
            if (has_words(message, "model identifier is invalid")) return errc::not_found;
            if (has_words(message, "content filtering policy")) return errc::content_policy;
        }
        // A minute's quota is worth waiting for, a day's is not.
        if (row.code == errc::rate_limited && has_words(message, "per day")) return errc::quota_exceeded;
        return row.code;
    }
    return std::nullopt;
}

} // namespace detail

LLMX_DECL error_body bedrock_converse::decode_error(std::string_view body) {
    error_body e;
    json_document document(body);
    const json_cursor in = document.root();
    e.message = in["message"].string_or(in["Message"].string_or());
    e.type = detail::bedrock_error_type(in["__type"].string_or(in["code"].string_or()));
    // The answer when the path names no operation.
    const json_cursor output = in["Output"];
    if (e.type.empty()) e.type = detail::bedrock_error_type(output["__type"].string_or());
    if (e.message.empty()) e.message = detail::reason_text(in);
    return e;
}

LLMX_DECL std::string_view bedrock_converse::error_type(const llmx::error& failure) noexcept {
    return detail::bedrock_exception_of(failure.value());
}

LLMX_DECL void bedrock_converse::encode_error(const llmx::error& failure, std::string& out) {
    json_writer(out).object().member("__type", error_type(failure)).member("message", detail::bedrock_error_text(failure)).end_object();
}

} // namespace llmx::inline LLMX_ABI
