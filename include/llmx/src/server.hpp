// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `server/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/server.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/server/impl/auth.ipp>
#include <llmx/server/impl/batch_line.ipp>
#include <llmx/server/impl/batch_failure.ipp>
#include <llmx/server/impl/batch_run.ipp>
#include <llmx/server/impl/connection.ipp>
#include <llmx/server/impl/connection_body.ipp>
#include <llmx/server/impl/connection_write.ipp>
#include <llmx/server/impl/conversation_store.ipp>
#include <llmx/server/impl/conversations.ipp>
#include <llmx/server/impl/core.ipp>
#include <llmx/server/impl/cors.ipp>
#include <llmx/server/impl/descriptors.ipp>
#include <llmx/server/impl/facade.ipp>
#include <llmx/server/impl/form_upload.ipp>
#include <llmx/server/impl/forwarding.ipp>
#include <llmx/server/impl/host.ipp>
#include <llmx/server/impl/host_listen.ipp>
#include <llmx/server/impl/http_request_reader.ipp>
#include <llmx/server/impl/key_authenticator.ipp>
#include <llmx/server/impl/machine_memory.ipp>
#include <llmx/server/impl/model_info.ipp>
#include <llmx/server/impl/models.ipp>
#include <llmx/server/impl/native_lines.ipp>
#include <llmx/server/impl/ollama_models.ipp>
#include <llmx/server/impl/openai_batches.ipp>
#include <llmx/server/impl/openai_files.ipp>
#include <llmx/server/impl/openai_resources.ipp>
#include <llmx/server/impl/openai_videos.ipp>
#include <llmx/server/impl/plain_body.ipp>
#include <llmx/server/impl/realtime_client_secrets.ipp>
#include <llmx/server/impl/realtime_session.ipp>
#include <llmx/server/impl/relay.ipp>
#include <llmx/server/impl/resource_record.ipp>
#include <llmx/server/impl/response_head.ipp>
#include <llmx/server/impl/response_job.ipp>
#include <llmx/server/impl/response_keeper.ipp>
#include <llmx/server/impl/response_store.ipp>
#include <llmx/server/impl/routes.ipp>
#include <llmx/server/impl/stored_responses.ipp>
#include <llmx/server/impl/upgrade_request.ipp>
#include <llmx/server/impl/vendor_request.ipp>
#include <llmx/server/impl/video_keeper.ipp>

#endif
