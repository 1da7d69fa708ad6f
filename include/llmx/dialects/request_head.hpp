// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/wire/member_spans.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The values that the URL of a request carries, for dialects that put them there.
struct request_target {
    /// Model from the path; empty when the body names it.
    std::string_view model;
    /// The path requests a stream (Gemini's streamGenerateContent).
    bool stream = false;
};

/// The few members of a request body that routing needs, found without parsing.
struct request_head {
    std::string_view model;
    bool stream = false;
    bool include_usage = false;
    /// Output limit requested; 0 when unset.
    std::int64_t max_output_tokens = 0;
    /// Bytes [begin, end) of the model's JSON value in the body, quotes included;
    /// both 0 when the body has no such member. The value may be null.
    std::size_t model_begin = 0, model_end = 0;
    /// Bytes [cut_begin, cut_end) of the body that are not sent on: a model that it names beside
    /// the target's, which alone is routed, with the member's comma. Both 0 when there is none.
    std::size_t cut_begin = 0, cut_end = 0;
    /// The body cannot be sent as it is and must be written anew: `stream` is the path's value
    /// and the body contradicts it, or the body names its model in places that no splice reaches.
    bool must_translate = false;
    /// The scan has seen that `codec_ops::must_translate` finds nothing in the body.
    bool known_to_pass = false;
    /// Members of the body's top level are for a gateway and no vendor (`detail::is_gateway_member`), or have a form that only a gateway
    /// understands: they are not sent on.
    bool has_gateway_members = false;
    /// Where the members of the body's top level are; not complete when the scan does not keep them.
    member_spans members;
    /// Embeddings are requested as base64 of little-endian float32 (`reply_options::base64`).
    bool base64 = false;
    /// The text between a beginning and an end is requested (`suffix` of OpenAI's completions).
    bool infill = false;
};

} // namespace llmx::inline LLMX_ABI
