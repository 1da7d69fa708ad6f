// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/errc.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::testing {

/// Bytes of an answer as they came together, and how long after the beginning of the request.
struct recorded_piece {
    recorded_piece() = default;
    recorded_piece(std::chrono::milliseconds when, std::string what) : at(when), bytes(std::move(what)) {}
    std::chrono::milliseconds at{};
    std::string bytes;
};

/// A request and its answer, or its failure, without secrets.
struct recorded_exchange {
    using field_list = std::vector<std::pair<std::string, std::string>>;
    recorded_exchange() = default;
    std::string method, host;
    /// Path and query.
    std::string target;
    field_list fields;
    std::string body;
    /// 0: the exchange failed before an answer came.
    int status = 0;
    field_list answer_fields;
    std::vector<recorded_piece> pieces;
    /// How it ended; unset: properly.
    std::optional<errc> failure;
    std::string failure_message;

    /// Value of the first field of the request called \p name, or empty.
    LLMX_DECL [[nodiscard]] std::string_view field(std::string_view name) const noexcept;
    /// The model that the body names, else the path; empty when there is none.
    LLMX_DECL [[nodiscard]] std::string model() const;
    [[nodiscard]] std::string_view path() const noexcept { return std::string_view(target).substr(0, target.find('?')); }
};

/// What is removed from an exchange before it is kept or compared.
///
/// Always: the values of the fields with credentials (`authorization`, `x-api-key`, `api-key`, `x-goog-api-key`, `cookie`, `set-cookie`, AWS's
/// session token and signature, ...), of the parameters of queries and forms and of the members of JSON bodies that carry them (`key`, `api_key`,
/// `access_token`, `client_secret`, `password`, ...). Each value that is found in one of these fields, and each of `secrets`, is
/// replaced everywhere else too, in every spelling that `hide_secret` knows. "***" takes their place.
struct recording_options {
    recording_options() = default;
    /// Further texts that must not be kept: account numbers, keys that are sent elsewhere. Those below six bytes are not searched for.
    std::vector<secret> secrets;
    /// Further names of header fields, parameters and members.
    std::vector<std::string> names;
    /// Removes all of it from \p e.
    LLMX_DECL void clean(recorded_exchange& e) const;
};

/// Exchanges in the order of their requests, as a text with one JSON object in each line.
class recording {
public:
    recording() = default;
    explicit recording(std::vector<recorded_exchange> all) : exchanges_(std::move(all)) {}
    /// Reads what `text` or a `recording_file` has written. Fails with `errc::bad_configuration`, which names \p name and the line.
    LLMX_DECL [[nodiscard]] static result<recording> parse(std::string_view text, std::string_view name = "the recording");
    LLMX_DECL [[nodiscard]] static result<recording> load(const std::string& path);
    [[nodiscard]] const std::vector<recorded_exchange>& exchanges() const noexcept { return exchanges_; }
    LLMX_DECL [[nodiscard]] std::string text() const;
    /// The line of \p e, the \p number-th request, with its line end.
    LLMX_DECL [[nodiscard]] static std::string line(const recorded_exchange& e, std::size_t number);

private:
    std::vector<recorded_exchange> exchanges_;
};

namespace detail {
/// \p e's body in a form that is the same for bodies with the same content: JSON with its members in order, a form with a fixed boundary.
LLMX_DECL [[nodiscard]] std::string comparable_body(const recorded_exchange& e);
/// Where \p a and \p b first differ ("the body at messages[0].content"); empty when they do not.
LLMX_DECL [[nodiscard]] std::string first_difference(const recorded_exchange& a, const recorded_exchange& b);
} // namespace detail

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/recording.ipp>
#endif
