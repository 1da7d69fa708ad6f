// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/providers/detail/run_polled_job.hpp>
#include <llmx/providers/polled_job.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A vendor whose calls are jobs, as constant data: its address and its credentials. Views of literals. The source of the facts is beside
/// each row.
struct job_row {
    std::string_view name;
    /// Further names in configurations.
    name_list aliases = name_list();
    std::string_view base;
    name_list key_env = name_list();
    name_list base_env = name_list();
    /// The header field of the key, and what is before the key in it.
    std::string_view auth_field = "authorization";
    std::string_view auth_prefix = "Bearer ";
    /// Header lines that each request carries, every one ended by CRLF.
    std::string_view fields = {};
    /// The path for a model where the request brings none; null: each brings its own.
    void (*place)(std::string_view model, std::string& to) = nullptr;
    /// Reads the body of an answer with an error's status.
    error_body (*read_error)(std::string_view body);
};

namespace detail {

/// The URL is the base's path and `outgoing::url_end`, of which segments that both have are written once; a mark for `run_polled_job` follows.
/// Fails with `errc::invalid_request` when the model's name cannot be in a URL.
LLMX_DECL [[nodiscard]] result<void> prepare_job(const job_row& row, const deployment& d, const outgoing& what, http_request& out);
LLMX_DECL [[nodiscard]] error classify_job(const job_row& row, int status, std::span<const http_field> fields, std::string_view body);

[[nodiscard]] constexpr provider_facts facts_of_job(const job_row& row) noexcept {
    provider_facts f;
    f.default_base = row.base;
    f.key_env = row.key_env;
    f.base_env = row.base_env;
    f.aliases = row.aliases;
    return f;
}

} // namespace detail

/// A provider made of a row, its form of jobs and its codecs, whose requests bring their path (`encoded_request::url_end`).
///
/// `exchange` begins the job and completes with its result, so that layers see one request and one answer: `detail::run_polled_job`. The
/// deployment's settings say how often it is asked for.
template <const job_row& Row, const job_form& Form, codec... Codecs> struct job_vendor {
    static constexpr std::string_view name = Row.name;
    using codecs = codec_list<Codecs...>;
    using settings = polled_job_options;
    static constexpr provider_facts facts = detail::facts_of_job(Row);

    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        return detail::prepare_job(Row, d, what, out);
    }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return detail::classify_job(Row, status, fields, body);
    }
    [[nodiscard]] boost::asio::awaitable<result<http_response>> exchange(runtime& on, const deployment& d, const http_request& request,
                                                                         const http_limits& limits, cancellation& stop) const {
        return detail::run_polled_job(on, d, Form, d.settings.get<settings>(), request, limits, stop);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/job_vendor.ipp>
#endif
