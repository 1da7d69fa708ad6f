// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>
#include <llmx/providers/polled_job.hpp>

#include <string>
#include <string_view>

/// \file
/// How vendors' answers state what a job does.

namespace llmx::inline LLMX_ABI::detail {

/// An answer that is the result.
LLMX_DECL [[nodiscard]] result<job_report> read_whole_job(std::string_view body, int status, job_stage stage);
/// Source: https://platform.stability.ai/docs/api-reference: most services answer with the image; some with an id, whose result is
/// `/v2beta/results/{id}`: 202 until it is there.
LLMX_DECL [[nodiscard]] result<job_report> read_stability_job(std::string_view body, int status, job_stage stage);
LLMX_DECL [[nodiscard]] error_body read_stability_error(std::string_view body);
/// Source: https://docs.bfl.ai/quick_start/generating_images, https://api.bfl.ai/openapi.json (StatusResponse).
LLMX_DECL [[nodiscard]] result<job_report> read_bfl_job(std::string_view body, int status, job_stage stage);
/// Source: https://docs.fal.ai/documentation/model-apis/inference/queue. A base URL of fal's that answers at once (https://fal.run) has no
/// job: its answer is the result.
LLMX_DECL [[nodiscard]] result<job_report> read_fal_job(std::string_view body, int status, job_stage stage);
/// Source: https://replicate.com/docs/reference/http, https://replicate.com/docs/topics/predictions/lifecycle.
LLMX_DECL [[nodiscard]] result<job_report> read_replicate_job(std::string_view body, int status, job_stage stage);
/// `Prefer: wait` for as long as the vendor holds a request and the caller waits, unless the caller \p streams, and `Cancel-After` for
/// when the caller does no more (https://replicate.com/docs/topics/predictions/create-a-prediction).
LLMX_DECL void begin_replicate_job(std::string& fields, duration patience, bool streams);
/// `/v1/models/{owner}/{name}/predictions`, `/v1/deployments/…`, or `/v1/predictions` for a version.
LLMX_DECL void place_replicate_model(std::string_view model, std::string& to);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/job_forms.ipp>
#endif
