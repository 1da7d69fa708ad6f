// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Properties of an operation as data. Its address identifies the operation.
struct operation_info {
    /// The form of the operation's answers.
    enum class answers : std::uint8_t {
        json,   ///< one JSON object, or a stream of events
        octets, ///< bytes of a media type that the provider names, relayed as they come
        text,   ///< JSON, or plain text when the caller requests it; or a stream of events
        duplex, ///< messages in both directions until either side ends
    };
    constexpr operation_info(std::string_view called, answers kind) noexcept : name(called), answer(kind) {}
    /// In logs, metrics and errors: "chat".
    std::string_view name;
    answers answer;
};

/// An operation is a type: the vocabulary of its requests and replies, and its name.
///
/// The set is open: a program's own operation is a type with these members, and codecs for it.
template <class Op>
concept operation = requires {
    typename Op::request;
    typename Op::reply;
    { Op::info } -> std::convertible_to<const operation_info&>;
};

} // namespace llmx::inline LLMX_ABI
