// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `wire/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/wire.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/wire/impl/aws_event_stream.ipp>
#include <llmx/wire/impl/base64.ipp>
#include <llmx/wire/impl/content_coding.ipp>
#include <llmx/wire/impl/data_url.ipp>
#include <llmx/wire/impl/digest.ipp>
#include <llmx/wire/impl/field_parameters.ipp>
#include <llmx/wire/impl/forwarded_path.ipp>
#include <llmx/wire/impl/hide_secret.ipp>
#include <llmx/wire/impl/http_date.ipp>
#include <llmx/wire/impl/json_array_stream.ipp>
#include <llmx/wire/impl/json_cursor.ipp>
#include <llmx/wire/impl/json_guard.ipp>
#include <llmx/wire/impl/json_omit.ipp>
#include <llmx/wire/impl/json_read.ipp>
#include <llmx/wire/impl/json_scan.ipp>
#include <llmx/wire/impl/json_strings.ipp>
#include <llmx/wire/impl/json_text.ipp>
#include <llmx/wire/impl/json_weight.ipp>
#include <llmx/wire/impl/json_writer.ipp>
#include <llmx/wire/impl/jwt.ipp>
#include <llmx/wire/impl/model_name.ipp>
#include <llmx/wire/impl/multipart.ipp>
#include <llmx/wire/impl/program_line.ipp>
#include <llmx/wire/impl/retry_after.ipp>
#include <llmx/wire/impl/sigv4.ipp>
#include <llmx/wire/impl/splice_list.ipp>
#include <llmx/wire/impl/sse.ipp>
#include <llmx/wire/impl/url.ipp>
#include <llmx/wire/impl/utf8.ipp>
#include <llmx/wire/impl/websocket.ipp>

#endif
