// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/guard/guardrail.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

LLMX_DECL error refused_by(std::string_view name, std::string_view why) {
    std::string message = "the guardrail '";
    message += name;
    message += "' refused: ";
    message += why;
    error e(errc::content_policy, std::move(message));
    return e.with_provider_code(std::string(guardrail_refused));
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(any_guardrail)::before_call(call&, const chat_request&) { co_return success(); }

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(any_guardrail)::during_call(call&, const chat_request&) { co_return success(); }

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(any_guardrail)::after_call(call&, chat_reply&) { co_return success(); }

LLMX_DECL std::unique_ptr<chat_filter> LLMX_OF(any_guardrail)::watch_stream(call&) { return nullptr; }

} // namespace llmx::inline LLMX_ABI
