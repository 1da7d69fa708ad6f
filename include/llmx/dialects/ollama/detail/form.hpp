// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/finish_reason.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The two forms of Ollama's answers to a conversation. Constant data: the codecs `ollama_chat` and `ollama_generate`.
struct ollama_form {
    /// Codec; its extra members' origin.
    std::string_view name;
    /// `prompt`, `system` and `images` in place of messages; the answer is `response` and not a message.
    bool generates = false;
};

/// `think`, where a model takes levels (docs.ollama.com/capabilities/thinking).
inline constexpr std::array<enum_word<reasoning_effort>, 6> ollama_efforts = {{{reasoning_effort::low, "low"},
                                                                               {reasoning_effort::minimal, "low"},
                                                                               {reasoning_effort::medium, "medium"},
                                                                               {reasoning_effort::high, "high"},
                                                                               {reasoning_effort::xhigh, "high"},
                                                                               {reasoning_effort::max, "high"}}};

/// Members that describe or tune (docs/fidelity.md): how long a model stays in memory, what is cut from a prompt that is too long, how a
/// token is chosen, what clients send back of a reply.
inline constexpr std::string_view ollama_hints[] = {"keep_alive", "truncate", "shift", "index", "id", "type", "total_duration",
    "load_duration",
                                                    "prompt_eval_duration", "eval_duration", "context"};
/// Keeps the members of \p in that are neither as absent nor in \p known, behind \p prefix.
LLMX_DECL void ollama_keep_extra(const json_cursor& in, const ollama_form& form, std::string_view prefix, extra_members& to,
                                 std::initializer_list<std::string_view> known);

/// An RFC 3339 time as seconds since 1970; 0 for text that is none. Fractions are left out.
LLMX_DECL [[nodiscard]] std::int64_t ollama_read_time(std::string_view text) noexcept;
/// The inverse: "2025-01-01T00:00:00Z".
LLMX_DECL [[nodiscard]] std::string ollama_write_time(std::int64_t seconds);

/// `stop` for a reason that was added later; a model that has called a function waits for its results.
LLMX_DECL [[nodiscard]] finish_reason ollama_finish(std::string_view reason, bool called) noexcept;
LLMX_DECL [[nodiscard]] std::string_view ollama_reason(finish_reason r) noexcept;
/// Writes `prompt_eval_count` and `eval_count`.
LLMX_DECL void ollama_write_counts(json_writer& w, const usage& u);
/// Writes a call as an element of `tool_calls`.
LLMX_DECL void ollama_write_call(json_writer& w, std::string_view id, std::string_view name, std::string_view arguments);
/// The arguments of the call \p in: an object, or the text of one.
LLMX_DECL [[nodiscard]] std::string ollama_arguments(const json_cursor& in);

class request_view_builder;
/// Adds the images of the array \p images to what is seen; false when it is malformed.
LLMX_DECL [[nodiscard]] bool ollama_view_images(std::string_view images, request_view_builder& to);

// The functions of both codecs.
LLMX_DECL [[nodiscard]] result<request_head> ollama_scan_request(const ollama_form& form, std::string_view body,
    const request_target& target);
LLMX_DECL [[nodiscard]] result<chat_request> ollama_decode_request(const ollama_form& form, std::string_view body,
    const request_target& target);
LLMX_DECL [[nodiscard]] result<void> ollama_encode_request(const ollama_form& form, const chat_request& request,
    const encode_options& options,
                                                           std::string& out, drop_report& drops);
LLMX_DECL [[nodiscard]] std::string ollama_caller_path(const ollama_form& form, const request_place& at, const chat_request& request);
LLMX_DECL [[nodiscard]] result<chat_reply> ollama_decode_reply(const ollama_form& form, std::string_view body);
LLMX_DECL void ollama_encode_reply(const ollama_form& form, const chat_reply& reply, const reply_options& options, std::string& out);

/// What all of Ollama's operations share.
struct ollama_codec {
    static constexpr std::string_view language = "ollama";
    /// Usage of a reply body, found without parsing the rest; zeros when there is none.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// `{"error":"…"}`.
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const error& failure, std::string& out);
};

} // namespace llmx::inline LLMX_ABI::detail
