// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of everything that is not a template: include this in exactly one
/// translation unit of a program that defines `LLMX_SEPARATE_COMPILATION` everywhere.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#endif

#include <llmx/core/impl/errc.ipp>
#include <llmx/core/impl/topology.ipp>
#include <llmx/dialects/impl/anthropic_messages_common.ipp>
#include <llmx/dialects/impl/anthropic_messages_content_in.ipp>
#include <llmx/dialects/impl/anthropic_messages_content_out.ipp>
#include <llmx/dialects/impl/anthropic_messages_error.ipp>
#include <llmx/dialects/impl/anthropic_messages_reply.ipp>
#include <llmx/dialects/impl/anthropic_messages_request_in.ipp>
#include <llmx/dialects/impl/anthropic_messages_request_out.ipp>
#include <llmx/dialects/impl/anthropic_messages_scan.ipp>
#include <llmx/dialects/impl/anthropic_messages_stream_in.ipp>
#include <llmx/dialects/impl/anthropic_messages_stream_out.ipp>
#include <llmx/dialects/impl/gemini_generate_common.ipp>
#include <llmx/dialects/impl/gemini_generate_decode_parts.ipp>
#include <llmx/dialects/impl/gemini_generate_decode_request.ipp>
#include <llmx/dialects/impl/gemini_generate_encode_parts.ipp>
#include <llmx/dialects/impl/gemini_generate_encode_request.ipp>
#include <llmx/dialects/impl/gemini_generate_error.ipp>
#include <llmx/dialects/impl/gemini_generate_grounding.ipp>
#include <llmx/dialects/impl/gemini_generate_reply.ipp>
#include <llmx/dialects/impl/gemini_generate_scan.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_decoder.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_encoder.ipp>
#include <llmx/dialects/impl/gemini_generate_stream_watch.ipp>
#include <llmx/dialects/impl/gemini_json.ipp>
#include <llmx/dialects/impl/gemini_schema.ipp>
#include <llmx/dialects/impl/gemini_schema_decode.ipp>
#include <llmx/dialects/impl/gemini_schema_node.ipp>
#include <llmx/dialects/impl/openai_chat_common.ipp>
#include <llmx/dialects/impl/openai_chat_decode_message.ipp>
#include <llmx/dialects/impl/openai_chat_decode_request.ipp>
#include <llmx/dialects/impl/openai_chat_encode_message.ipp>
#include <llmx/dialects/impl/openai_chat_encode_request.ipp>
#include <llmx/dialects/impl/openai_chat_error.ipp>
#include <llmx/dialects/impl/openai_chat_reply.ipp>
#include <llmx/dialects/impl/openai_chat_scan.ipp>
#include <llmx/dialects/impl/openai_chat_stream_decoder.ipp>
#include <llmx/dialects/impl/openai_chat_stream_encoder.ipp>
#include <llmx/gateway/impl/chat_stream.ipp>
#include <llmx/gateway/impl/upstream.ipp>
#include <llmx/policies/impl/alias_table.ipp>
#include <llmx/policies/impl/breaker.ipp>
#include <llmx/policies/impl/caller_table.ipp>
#include <llmx/policies/impl/circuit.ipp>
#include <llmx/policies/impl/fallback.ipp>
#include <llmx/policies/impl/parallel_gate.ipp>
#include <llmx/policies/impl/retry.ipp>
#include <llmx/policies/impl/token_account.ipp>
#include <llmx/providers/impl/classify.ipp>
#include <llmx/providers/impl/mock.ipp>
#include <llmx/providers/impl/openai.ipp>
#include <llmx/server/impl/auth.ipp>
#include <llmx/server/impl/connection.ipp>
#include <llmx/server/impl/connection_write.ipp>
#include <llmx/server/impl/core.ipp>
#include <llmx/server/impl/facade.ipp>
#include <llmx/server/impl/http_request_reader.ipp>
#include <llmx/server/impl/models.ipp>
#include <llmx/server/impl/response_head.ipp>
#include <llmx/server/impl/routes.ipp>
#include <llmx/service/impl/asio_runtime.ipp>
#include <llmx/telemetry/impl/access_log.ipp>
#include <llmx/telemetry/impl/access_record.ipp>
#include <llmx/transport/impl/connection.ipp>
#include <llmx/transport/impl/connection_open.ipp>
#include <llmx/transport/impl/deadlines.ipp>
#include <llmx/transport/impl/dns_cache.ipp>
#include <llmx/transport/impl/http_pool.ipp>
#include <llmx/transport/impl/http_reader.ipp>
#include <llmx/transport/impl/pool_core.ipp>
#include <llmx/transport/impl/tls_client.ipp>
#include <llmx/wire/impl/base64.ipp>
#include <llmx/wire/impl/data_url.ipp>
#include <llmx/wire/impl/http_date.ipp>
#include <llmx/wire/impl/json_array_stream.ipp>
#include <llmx/wire/impl/json_read.ipp>
#include <llmx/wire/impl/json_scan.ipp>
#include <llmx/wire/impl/json_writer.ipp>
#include <llmx/wire/impl/retry_after.ipp>
#include <llmx/wire/impl/sse.ipp>
#include <llmx/wire/impl/url.ipp>
#include <llmx/wire/impl/utf8.ipp>

#include <llmx/testing/impl/manual_clock.ipp>
#include <llmx/testing/impl/manual_runtime.ipp>
#include <llmx/testing/impl/scripted_transport.ipp>
