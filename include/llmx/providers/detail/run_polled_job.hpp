// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/providers/polled_job.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Fragments of a request's target, which no server is sent (RFC 3986 section 3.5): what is to be done with the job that it begins. An
/// encoder that needs the files of a result writes `job_files` at the end of `encoded_request::url_end`, and `prepare` another one.
inline constexpr std::string_view job_mark = "#job", job_files = "#job-files", job_stream = "#job-stream";

/// Sends \p request, which begins a job at \p d, and completes with the job's result as if the vendor had answered with it: polls, fetches,
/// and has the vendor cancel the job when \p stop, a limit or a failure ends the wait.
///
/// A target without one of the fragments is exchanged as it is. All of it is over at the earlier one of `limits.deadline` and
/// `limits.first_byte_by`, with their errors; each request gets `limits.max_body`. A refusal of the vendor is an answer with its status, a
/// job that fails an error. The cancellation is a task of `runtime::background()`. On the runtime's thread; \p d, \p form, \p request and
/// \p stop must outlive the body.
LLMX_DECL boost::asio::awaitable<result<http_response>> run_polled_job(runtime& on, const deployment& d, const job_form& form,
                                                                       const polled_job_options& options, const http_request& request,
                                                                       const http_limits& limits, cancellation& stop);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/run_polled_job.ipp>
#endif
