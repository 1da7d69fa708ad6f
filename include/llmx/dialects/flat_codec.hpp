// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/detail/request_weight.hpp>

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// A form of an operation without events that providers alone take: `static constexpr bool for_clients = false`. It writes requests and reads
/// replies; no façade offers it, so that it reads no request, writes no reply and names no place in one.
template <class C>
concept upstream_flat_codec =
    operation<typename C::operation> && requires(std::string_view bytes) {
        { C::name } -> std::convertible_to<std::string_view>;
        { C::language } -> std::convertible_to<std::string_view>;
        { C::path } -> std::convertible_to<std::string_view>;
        { C::decode_reply(bytes) } -> std::same_as<result<typename C::operation::reply>>;
        { C::scan_usage(bytes) } -> std::same_as<usage>;
        requires !C::for_clients;
    };

/// A language's form of an operation whose replies have no events of the vocabulary. One for providers alone: `upstream_flat_codec`.
///
/// `decode_request` of a codec that reads other bodies than JSON takes their media type too, and its
/// `encode_request` sets it in the `encoded_request` that it gets in place of a string;
/// it has `json_request = false`, and its `scan_request` takes the media type after the body.
/// `decode_reply` of a codec whose replies are not all JSON takes their media type too, and that of one whose `encode_request` leaves an
/// `encoded_request::how` takes that. A codec
/// may have `must_translate(body)`, whether the bytes of a request may not pass although the language is
/// the provider's; `make_watch(content_type)`, which follows a relayed reply; `stream_failure(bytes)`,
/// the failure that a stream of it reports; `holds_answer(body)` (see `codec_ops`); and `model_in_body`.
/// `caller_path` names a place in a decoded request as the caller wrote it. Failures of decoders of requests name
/// the member (`errc::invalid_request`).
template <class C>
concept flat_codec =
    operation<typename C::operation> &&
    requires(std::string_view bytes, const request_target& target, const typename C::operation::request& request,
             const encode_options& encoding, std::string& out, drop_report& drops,
             const typename C::operation::reply& reply, const reply_options& replying, const llmx::error& failure,
             const request_place& place) {
        { C::name } -> std::convertible_to<std::string_view>;
        { C::language } -> std::convertible_to<std::string_view>;
        { C::path } -> std::convertible_to<std::string_view>;
        { C::caller_path(place, request) } -> std::same_as<std::string>;
        { C::decode_reply(bytes) } -> std::same_as<result<typename C::operation::reply>>;
        { C::encode_reply(reply, replying, out) } -> std::same_as<void>;
        { C::scan_usage(bytes) } -> std::same_as<usage>;
        { C::encode_error(failure, out) } -> std::same_as<void>;
    };

namespace detail {
/// Whether \p C is for providers alone.
template <class C> [[nodiscard]] constexpr bool is_for_clients() noexcept {
    if constexpr (requires { { C::for_clients } -> std::convertible_to<bool>; }) return C::for_clients;
    else return true;
}
} // namespace detail

/// The members of the codec \p C of an operation without events, each with a sentence.
template <class C> struct check_flat_codec : check_codec<C> {
    using request = typename C::operation::request;
    using reply = typename C::operation::reply;
    static constexpr bool upstream = !detail::is_for_clients<C>();
    static_assert(upstream || requires(const request_place& at, const request& r) { { C::caller_path(at, r) } -> std::same_as<std::string>; },
                  "llmx: a codec's caller_path is static std::string caller_path(const request_place& at, const request& request)");
    static_assert(upstream || requires(std::string_view bytes, const request_target& target) {
        { C::decode_request(bytes, target) } -> std::same_as<result<request>>;
    } || requires(std::string_view bytes, const request_target& target) {
        { C::decode_request(bytes, bytes, target) } -> std::same_as<result<request>>;
    }, "llmx: a codec's decode_request is static result<request> decode_request(std::string_view body, const request_target& target), or "
       "takes the media type between them");
    static_assert(requires(const request& r, const encode_options& o, std::string& out, drop_report& drops) {
        { C::encode_request(r, o, out, drops) } -> std::same_as<result<void>>;
    } || requires(const request& r, const encode_options& o, encoded_request& out, drop_report& drops) {
        { C::encode_request(r, o, out, drops) } -> std::same_as<result<void>>;
    }, "llmx: a codec's encode_request is static result<void> encode_request(const request& request, const encode_options& options, "
       "std::string& out, drop_report& drops)");
    static_assert(requires(std::string_view bytes) { { C::decode_reply(bytes) } -> std::same_as<result<reply>>; },
                  "llmx: a codec's decode_reply is static result<reply> decode_reply(std::string_view body)");
    static_assert(upstream || requires(const reply& r, const reply_options& o, std::string& out) { { C::encode_reply(r, o, out) } -> std::same_as<void>; },
                  "llmx: a codec's encode_reply is static void encode_reply(const reply& reply, const reply_options& options, std::string& out)");
    static_assert(requires(std::string_view bytes) { { C::scan_usage(bytes) } -> std::same_as<usage>; },
                  "llmx: a codec's scan_usage is static usage scan_usage(std::string_view body)");
    static_assert(upstream || requires(const llmx::error& e, std::string& out) { { C::encode_error(e, out) } -> std::same_as<void>; },
                  "llmx: a codec's encode_error is static void encode_error(const llmx::error& failure, std::string& out)");
};

namespace detail {

/// A relayed reply whose bytes are not looked at: it has begun with the first, and ends where the
/// transport does.
class octets_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) override {
        progress_.begun |= !bytes.empty();
        progress_.answered = true;
        return progress_;
    }

private:
    stream_progress progress_;
};

template <class C, class Op> struct codec_functions {
    static constexpr bool for_clients = is_for_clients<C>();
    using request = typename Op::request;
    using reply = typename Op::reply;

    [[nodiscard]] static constexpr bool model_in_body() noexcept {
        if constexpr (requires { C::model_in_body; }) return C::model_in_body;
        else return true;
    }
    [[nodiscard]] static constexpr auto scan_request() noexcept -> decltype(codec_ops::scan_request) {
        if constexpr (requires(std::string_view body, const request_target& target) { C::scan_request(body, target); })
            return &C::scan_request;
        else return nullptr;
    }
    [[nodiscard]] static constexpr bool json_request() noexcept {
        if constexpr (requires { C::json_request; }) return C::json_request;
        else return true;
    }
    static result<any_message> decode_request(std::string_view body, std::string_view content_type,
                                              const request_target& target) {
        result<request> r = decode(body, content_type, target);
        if (!r) return r.error();
        return any_message::of(std::move(*r));
    }
    static result<void> encode_request(const any_message& m, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        const request& asked = *m.get<request>();
        if constexpr (requires { C::encode_request(asked, options, out, drops); })
            return C::encode_request(asked, options, out, drops);
        else return C::encode_request(asked, options, out.body, drops);
    }
    static std::string caller_path(const request_place& at, const any_message& m) {
        return C::caller_path(at, *m.get<request>());
    }
    static bool must_translate(std::string_view body) {
        if constexpr (requires { C::must_translate(body); }) return C::must_translate(body);
        else return false;
    }
    static bool outweighs_of(const any_message& m, std::size_t bytes) { return outweighs(*m.get<request>(), bytes); }
    static result<any_message> decode_reply(std::string_view body, std::string_view content_type, const rendering* how) {
        result<reply> r = read_reply(body, content_type, how);
        if (!r) return r.error();
        return any_message::of(std::move(*r));
    }
    static void encode_reply(const any_message& m, const reply_options& options, std::string& out) {
        C::encode_reply(*m.get<reply>(), options, out);
    }
    static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) {
        if constexpr (requires { C::make_watch(content_type); }) return C::make_watch(content_type);
        else return std::make_unique<octets_watch>();
    }
    static error stream_failure(std::string_view bytes) {
        if constexpr (requires { C::stream_failure(bytes); }) return C::stream_failure(bytes);
        else return error(errc::provider_internal, "the provider reported a failure");
    }

    [[nodiscard]] static constexpr auto answer_finder() noexcept -> decltype(codec_ops::holds_answer) {
        if constexpr (requires { static_cast<decltype(codec_ops::holds_answer)>(&C::holds_answer); }) return &C::holds_answer;
        else return nullptr;
    }

    [[nodiscard]] static constexpr codec_ops table() noexcept {
        static_assert(sizeof(check_flat_codec<C>) != 0);
        if constexpr (!for_clients && upstream_flat_codec<C>)
            return {C::name,        C::language,    &Op::info,      C::path, std::string_view(), model_in_body(), json_request(), nullptr, nullptr,
                    &encode_request, nullptr,       nullptr,        &outweighs_of, &decode_reply, nullptr,        &C::scan_usage, &make_watch,
                    &stream_failure, nullptr,       nullptr,        nullptr, nullptr,            nullptr,         answer_finder()};
        else if constexpr (!flat_codec<C>) return codec_ops();
        else return {C::name,         C::language,     &Op::info,    C::path,       std::string_view(), model_in_body(), json_request(),
                scan_request(),  &decode_request, &encode_request, &caller_path, &must_translate, &outweighs_of,
                &decode_reply,   &encode_reply,   &C::scan_usage, &make_watch,  &stream_failure, nullptr,
                nullptr,         nullptr,         nullptr,        nullptr,    answer_finder()};
    }

private:
    static result<reply> read_reply(std::string_view body, std::string_view content_type, const rendering* how) {
        if constexpr (requires { C::decode_reply(body, how); }) return C::decode_reply(body, how);
        else if constexpr (requires { C::decode_reply(body, content_type); }) return C::decode_reply(body, content_type);
        else return C::decode_reply(body);
    }
    static result<request> decode(std::string_view body, std::string_view content_type, const request_target& target) {
        if constexpr (requires { C::decode_request(body, content_type, target); })
            return C::decode_request(body, content_type, target);
        else return C::decode_request(body, target);
    }
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
