// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

namespace llmx::inline LLMX_ABI {

struct chat_request;
struct chat_reply;
struct chat_event;
struct call_context;
struct deployment;
struct model_facts;
struct codec_ops;
struct http_request;
struct http_response;
class body_source;
class cancellation;
class error;
class http_body;
class model_catalog;
LLMX_DECL class basic_http_transport;
using http_transport = LLMX_PLAIN(basic_http_transport);
LLMX_DECL class basic_runtime;
using runtime = LLMX_PLAIN(basic_runtime);
class topology;
class tunnel;
struct call;
struct reply;

} // namespace llmx::inline LLMX_ABI
