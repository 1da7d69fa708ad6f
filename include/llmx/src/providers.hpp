// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `providers/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/providers.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/providers/credentials/impl/aws.ipp>
#include <llmx/providers/credentials/impl/aws_account.ipp>
#include <llmx/providers/credentials/impl/aws_container.ipp>
#include <llmx/providers/credentials/impl/aws_role.ipp>
#include <llmx/providers/credentials/impl/entra.ipp>
#include <llmx/providers/credentials/impl/google.ipp>
#include <llmx/providers/credentials/impl/oauth.ipp>
#include <llmx/providers/credentials/impl/token_exchange.ipp>
#include <llmx/providers/credentials/impl/token_source.ipp>
#include <llmx/providers/impl/assemblyai.ipp>
#include <llmx/providers/impl/audio_vendor.ipp>
#include <llmx/providers/impl/azure_speech.ipp>
#include <llmx/providers/impl/bedrock.ipp>
#include <llmx/providers/impl/classify.ipp>
#include <llmx/providers/impl/databricks.ipp>
#include <llmx/providers/impl/deployment_rules.ipp>
#include <llmx/providers/impl/github_copilot.ipp>
#include <llmx/providers/impl/local_process.ipp>
#include <llmx/providers/impl/message_edits.ipp>
#include <llmx/providers/impl/job_forms.ipp>
#include <llmx/providers/impl/job_vendor.ipp>
#include <llmx/providers/impl/mock.ipp>
#include <llmx/providers/impl/openai.ipp>
#include <llmx/providers/impl/openai_responses.ipp>
#include <llmx/providers/impl/polled_job.ipp>
#include <llmx/providers/impl/row_edits.ipp>
#include <llmx/providers/impl/sagemaker.ipp>
#include <llmx/providers/impl/sap.ipp>
#include <llmx/providers/impl/run_polled_job.ipp>
#include <llmx/providers/impl/search_vendor.ipp>
#include <llmx/providers/impl/snowflake.ipp>
#include <llmx/providers/impl/vendor.ipp>
#include <llmx/providers/impl/vertex.ipp>
#include <llmx/providers/impl/watsonx.ipp>

#endif
