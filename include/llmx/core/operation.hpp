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
        passed, ///< whatever the other server answers, relayed as it comes
    };
    constexpr operation_info(std::string_view called, answers kind) noexcept : name(called), answer(kind) {}
    /// In logs, metrics and errors: "chat".
    std::string_view name;
    answers answer;
};

/// An operation is a type: the vocabulary of its requests and replies, and its name.
///
/// The set is open: a program's own operation is a type with these members, and codecs for it. An operation that few programs call
/// has a type `forms` too, which the header of its codecs defines: `struct my_forms { using list = codec_list<my_codec>; };`. These
/// codecs are in programs that name the operation, and in no others; a provider lists their names (`on_demand_provider`). A façade of
/// another operation that few offer has `forms_for(head)`, the codecs for requests with that head in the same form.
template <class Op>
concept operation = requires {
    typename Op::request;
    typename Op::reply;
    { Op::info } -> std::convertible_to<const operation_info&>;
};

/// The members of the operation \p Op, each with a sentence.
template <class Op> struct check_operation {
    static_assert(requires { typename Op::request; }, "llmx: an operation's request is a type: using request = my_request;");
    static_assert(requires { typename Op::reply; }, "llmx: an operation's reply is a type: using reply = my_reply;");
    static_assert(requires { { Op::info } -> std::convertible_to<const operation_info&>; },
                  "llmx: an operation's info is static constexpr operation_info info{\"name\", operation_info::answers::json}");
};

} // namespace llmx::inline LLMX_ABI
