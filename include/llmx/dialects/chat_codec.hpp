// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/core/tool_names.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/detail/request_weight.hpp>

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// The facts about a request that a stream's decoder needs.
struct decode_options {
    decode_options() = default;
    explicit decode_options(bool by_tool, const tool_names* of_request = nullptr) noexcept
        : answer_by_tool(by_tool), names(of_request != nullptr && !of_request->empty() ? of_request : nullptr) {}
    /// A tool represents the form of the answer: see `drop_report::answer_by_tool`.
    bool answer_by_tool = false;
    /// The functions have other names for the caller; null: they have not. Outlives the decoder.
    const tool_names* names = nullptr;
};

/// A language's form of `chat` as providers need it: a stateless type.
///
/// Encoders append to \p out. Decoders of replies are lenient. `scan_usage`
/// finds the tokens of a whole reply; none unless all of the text is one JSON object.
/// A stream decoder may be constructible from `decode_options`; `tool_names`, when there is such
/// a member, is the rule for names of functions, and `model_in_body` is whether a request names
/// its model in the body (true when there is no such member) or in its URL alone. `path` and, where
/// streams have another, `stream_path` are the parts that providers of the language add to their base URL.
/// `ask_usage` has a stream end with its usage (see `codec_ops`); its watch then has `leave_out_usage` and
/// `take_unasked`. `scan_view`, `exceeds_model`, `holds_answer`, `scan_reply`, `end_marker` and `limits_count_cached` are optional: see `codec_ops`.
/// Codecs do no I/O and know no vendor. Where there is a
/// `stream_encoder`, `encode_reply` and that are as in
/// `chat_codec`; without them a layer cannot change the replies of a program's calls.
template <class D>
concept upstream_chat_codec = requires(std::string_view bytes, const chat_request& request, const encode_options& encoding,
                                       std::string& out, drop_report& drops, event_batch& batch,
                                       typename D::stream_decoder& decoder, typename D::stream_watch& watch) {
    requires std::same_as<typename D::operation, chat>;
    { D::name } -> std::convertible_to<std::string_view>;
    { D::language } -> std::convertible_to<std::string_view>;
    { D::path } -> std::convertible_to<std::string_view>;
    { D::encode_request(request, encoding, out, drops) } -> std::same_as<result<void>>;
    { D::decode_reply(bytes) } -> std::same_as<result<chat_reply>>;
    { D::scan_usage(bytes) } -> std::same_as<usage>;
    { D::decode_error(bytes) } -> std::same_as<error_body>;
    requires std::default_initializable<typename D::stream_decoder>;
    { decoder.feed(bytes, batch) } -> std::same_as<result<void>>;
    { decoder.finish(batch) } -> std::same_as<result<void>>;
    requires std::default_initializable<typename D::stream_watch>;
    { watch.feed(bytes) } -> std::same_as<const stream_progress&>;
};

/// A language's form of `chat`, both directions: a façade needs the encoder of replies as well.
///
/// Decoders of requests are strict (wrong types are `errc::invalid_request` naming the member).
/// `caller_path` names a place of a drop report in a request as the caller wrote it.
/// `has_foreign_signature` searches a request, without parsing it, for signatures that its
/// own vendor would refuse: another's, or a façade's placeholder for one. False positives are
/// possible.
template <class D>
concept chat_codec = upstream_chat_codec<D> &&
                     requires(std::string_view bytes, const request_target& target, const chat_request& request, std::string& out,
                              const chat_reply& reply, const reply_options& replying, const llmx::error& failure,
                              const request_place& at, const chat_event& event, typename D::stream_encoder& encoder) {
    { D::scan_request(bytes, target) } -> std::same_as<result<request_head>>;
    { D::decode_request(bytes, target) } -> std::same_as<result<chat_request>>;
    { D::caller_path(at, request) } -> std::same_as<std::string>;
    { D::encode_reply(reply, replying, out) } -> std::same_as<void>;
    { D::has_foreign_signature(bytes) } -> std::same_as<bool>;
    { D::encode_error(failure, out) } -> std::same_as<void>;
    requires std::constructible_from<typename D::stream_encoder, const reply_options&>;
    { encoder.encode(event, out) } -> std::same_as<void>;
    { encoder.finish(out) } -> std::same_as<void>;
    { encoder.fail(failure, out) } -> std::same_as<void>;
};

/// The members of the codec \p D of `chat` that a provider needs, each with a sentence.
template <class D> struct check_upstream_chat_codec : check_codec<D> {
    static_assert(requires(const chat_request& r, const encode_options& o, std::string& out, drop_report& drops) {
        { D::encode_request(r, o, out, drops) } -> std::same_as<result<void>>;
    }, "llmx: a chat codec's encode_request is static result<void> encode_request(const chat_request& request, const encode_options& "
       "options, std::string& out, drop_report& drops)");
    static_assert(requires(std::string_view bytes) { { D::decode_reply(bytes) } -> std::same_as<result<chat_reply>>; },
                  "llmx: a chat codec's decode_reply is static result<chat_reply> decode_reply(std::string_view body)");
    static_assert(requires(std::string_view bytes) { { D::scan_usage(bytes) } -> std::same_as<usage>; },
                  "llmx: a codec's scan_usage is static usage scan_usage(std::string_view body)");
    static_assert(requires(std::string_view bytes) { { D::decode_error(bytes) } -> std::same_as<error_body>; },
                  "llmx: a chat codec's decode_error is static error_body decode_error(std::string_view body)");
    static_assert(requires { requires std::default_initializable<typename D::stream_decoder>; },
                  "llmx: a chat codec's stream_decoder is a default-constructible type");
    static_assert(!requires { typename D::stream_decoder; } ||
                      requires(std::string_view bytes, event_batch& batch, typename D::stream_decoder& d) {
                          { d.feed(bytes, batch) } -> std::same_as<result<void>>;
                          { d.finish(batch) } -> std::same_as<result<void>>;
                      },
                  "llmx: a chat codec's stream_decoder has result<void> feed(std::string_view bytes, event_batch& out) and "
                  "result<void> finish(event_batch& out)");
    static_assert(requires { requires std::default_initializable<typename D::stream_watch>; },
                  "llmx: a chat codec's stream_watch is a default-constructible type");
    static_assert(!requires { typename D::stream_watch; } || requires(std::string_view bytes, typename D::stream_watch& w) {
        { w.feed(bytes) } -> std::same_as<const stream_progress&>;
    }, "llmx: a chat codec's stream_watch has const stream_progress& feed(std::string_view bytes)");
};

/// The further members that a façade needs, each with a sentence.
template <class D> struct check_chat_codec : check_upstream_chat_codec<D> {
    static_assert(requires(std::string_view bytes, const request_target& target) {
        { D::scan_request(bytes, target) } -> std::same_as<result<request_head>>;
    }, "llmx: a chat codec's scan_request is static result<request_head> scan_request(std::string_view body, const request_target& target)");
    static_assert(requires(std::string_view bytes, const request_target& target) {
        { D::decode_request(bytes, target) } -> std::same_as<result<chat_request>>;
    }, "llmx: a chat codec's decode_request is static result<chat_request> decode_request(std::string_view body, const request_target& target)");
    static_assert(requires(const request_place& at, const chat_request& r) { { D::caller_path(at, r) } -> std::same_as<std::string>; },
                  "llmx: a chat codec's caller_path is static std::string caller_path(const request_place& at, const chat_request& request)");
    static_assert(requires(const chat_reply& r, const reply_options& o, std::string& out) { { D::encode_reply(r, o, out) } -> std::same_as<void>; },
                  "llmx: a chat codec's encode_reply is static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out)");
    static_assert(requires(std::string_view bytes) { { D::has_foreign_signature(bytes) } -> std::same_as<bool>; },
                  "llmx: a chat codec's has_foreign_signature is static bool has_foreign_signature(std::string_view body)");
    static_assert(requires(const llmx::error& e, std::string& out) { { D::encode_error(e, out) } -> std::same_as<void>; },
                  "llmx: a codec's encode_error is static void encode_error(const llmx::error& failure, std::string& out)");
    static_assert(requires { requires std::constructible_from<typename D::stream_encoder, const reply_options&>; },
                  "llmx: a chat codec's stream_encoder is a type with a constructor stream_encoder(const reply_options& options)");
    static_assert(!requires { typename D::stream_encoder; } ||
                      requires(const chat_event& event, const llmx::error& e, std::string& out, typename D::stream_encoder& encoder) {
                          { encoder.encode(event, out) } -> std::same_as<void>;
                          { encoder.finish(out) } -> std::same_as<void>;
                          { encoder.fail(e, out) } -> std::same_as<void>;
                      },
                  "llmx: a chat codec's stream_encoder has void encode(const chat_event& event, std::string& out), void finish(std::string& out) "
                  "and void fail(const llmx::error& why, std::string& out)");
};

namespace detail {

/// The rendering of a chat request.
class chat_rendering final : public rendering {
public:
    chat_rendering(bool by_tool, std::unique_ptr<const tool_names> renamed) noexcept
        : answer_by_tool(by_tool), names(std::move(renamed)) {}
    const bool answer_by_tool;
    /// Null: none were.
    const std::unique_ptr<const tool_names> names;
    [[nodiscard]] static decode_options options_of(const rendering* how) noexcept {
        const auto* const mine = static_cast<const chat_rendering*>(how);
        return mine != nullptr ? decode_options(mine->answer_by_tool, mine->names.get()) : decode_options();
    }
};

/// The failure of a generation that broke off; \p words is the provider's reason with its words, as `chat_choice::stop_sequence` has it.
LLMX_DECL [[nodiscard]] error broken_generation(std::string_view words);
/// Gives \p reply the caller's names; fails when the provider reports that a choice broke off.
LLMX_DECL [[nodiscard]] result<void> finish_chat_reply(chat_reply& reply, const rendering* how);
/// The same for events that were read; leaves out the events after a choice that broke off.
LLMX_DECL [[nodiscard]] result<void> finish_chat_events(event_batch& events, const tool_names* names);

template <class D> class erased_chat_decoder final : public any_stream_decoder<chat> {
public:
    explicit erased_chat_decoder(const decode_options& options) : decoder_(made(options)), names_(options.names) {}
    result<void> feed(std::string_view bytes, event_batch& out) override { return ended(decoder_.feed(bytes, out), out); }
    result<void> finish(event_batch& out) override { return ended(decoder_.finish(out), out); }

private:
    static auto made(const decode_options& options) {
        if constexpr (std::constructible_from<typename D::stream_decoder, const decode_options&>)
            return typename D::stream_decoder(options);
        else return typename D::stream_decoder();
    }
    result<void> ended(result<void> done, event_batch& out) const {
        if (out.empty()) return done;
        result<void> sound = finish_chat_events(out, names_);
        return sound ? std::move(done) : std::move(sound);
    }
    typename D::stream_decoder decoder_;
    const tool_names* names_;
};

template <class D> class erased_chat_encoder final : public any_stream_encoder<chat> {
public:
    explicit erased_chat_encoder(const reply_options& options) : encoder_(options) {}
    void encode(const chat_event& event, std::string& out) override { encoder_.encode(event, out); }
    void finish(std::string& out) override { encoder_.finish(out); }
    void fail(const error& why, std::string& out) override { encoder_.fail(why, out); }

private:
    typename D::stream_encoder encoder_;
};

/// What \p watch, of a codec that may be a user's and have no estimate, has counted.
template <class Watch> [[nodiscard]] std::uint64_t watched_tokens(const Watch& watch) noexcept {
    if constexpr (requires { { watch.estimated_tokens() } -> std::convertible_to<std::uint64_t>; }) return watch.estimated_tokens();
    else return 0;
}

template <class D> class erased_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) override { return watch_.feed(bytes); }
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept override { return watched_tokens(watch_); }

private:
    typename D::stream_watch watch_;
};

/// A codec whose streams end with their usage only where a request demands it.
template <class D>
concept asks_for_usage = requires(std::string_view body, const member_spans& known, splice_list& edits,
                                  typename D::stream_watch& watch, std::vector<stream_cut>& cuts) {
    { D::ask_usage(body, known, edits) } -> std::same_as<bool>;
    watch.leave_out_usage();
    watch.take_unasked(cuts);
};

template <class D> class erased_usage_watch final : public any_stream_watch {
public:
    erased_usage_watch() { watch_.leave_out_usage(); }
    const stream_progress& feed(std::string_view bytes) override { return watch_.feed(bytes); }
    void take_unasked(std::vector<stream_cut>& to) override { watch_.take_unasked(to); }
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept override { return watched_tokens(watch_); }

private:
    typename D::stream_watch watch_;
};

/// Whether \p D names a `decode_request`, right or wrong. In headers alone the library's functions are templates, whose
/// address needs a type: a call finds them.
template <class D>
concept names_decode_request = requires { &D::decode_request; } ||
                               requires(std::string_view body, const request_target& target) { D::decode_request(body, target); };

template <class D> struct codec_functions<D, chat> {
    /// Whether façades may offer it.
    static constexpr bool for_clients = chat_codec<D>;
    [[nodiscard]] static constexpr tool_name_rule name_rule() noexcept {
        if constexpr (requires { D::tool_names; }) return D::tool_names;
        else return tool_name_rule();
    }
    [[nodiscard]] static constexpr bool model_in_body() noexcept {
        if constexpr (requires { D::model_in_body; }) return D::model_in_body;
        else return true;
    }
    [[nodiscard]] static constexpr bool json_request() noexcept { return true; }
    [[nodiscard]] static constexpr std::string_view stream_path() noexcept {
        if constexpr (requires { D::stream_path; }) return D::stream_path;
        else return std::string_view();
    }
    static result<any_message> decode_request(std::string_view body, std::string_view, const request_target& target) {
        result<chat_request> r = D::decode_request(body, target);
        if (!r) return r.error();
        return any_message::of(std::move(*r));
    }
    /// A forced tool carries an answer whose form the provider does not enforce itself.
    [[nodiscard]] static constexpr bool answers_by_tool() noexcept {
        return requires { D::json_tool_name; };
    }
    static result<void> encode_request(const any_message& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        const chat_request* asked = request.get<chat_request>();
        // Not an optional: each unit that includes this would instantiate the request's assignment.
        std::unique_ptr<chat_request> fitted;
        std::unique_ptr<tool_names> names;
        if (!tool_names::fit(*asked, name_rule())) {
            fitted = std::make_unique<chat_request>(*asked);
            names = std::make_unique<tool_names>();
            names->make_fit(*fitted, name_rule());
            if (names->empty()) names.reset();
            asked = fitted.get();
        }
        if (const result<void> taken = check_content(*asked, options.traits, drops); !taken) return taken;
        if (exceeds_abilities(*asked, options.traits, answers_by_tool())) {
            if (fitted == nullptr) fitted = std::make_unique<chat_request>(*asked);
            fit_abilities(*fitted, options.traits, answers_by_tool(), drops);
            asked = fitted.get();
        }
        result<void> done = D::encode_request(*asked, options, out.body, drops);
        if (done && (drops.answered_by_tool() || names != nullptr))
            out.how = std::make_unique<chat_rendering>(drops.answered_by_tool(), std::move(names));
        return done;
    }
    static std::string caller_path(const request_place& at, const any_message& request) {
        return D::caller_path(at, *request.get<chat_request>());
    }
    static bool outweighs_of(const any_message& request, std::size_t bytes) {
        return outweighs(*request.get<chat_request>(), bytes);
    }
    static result<any_message> decode_reply(std::string_view body, std::string_view, const rendering* how) {
        result<chat_reply> r = D::decode_reply(body);
        if (!r) return r.error();
        if (const result<void> sound = finish_chat_reply(*r, how); !sound) return sound.error();
        return any_message::of(std::move(*r));
    }
    static void encode_reply(const any_message& reply, const reply_options& options, std::string& out) {
        D::encode_reply(*reply.get<chat_reply>(), options, out);
    }
    static error stream_failure(std::string_view bytes) {
        event_batch ignored;
        typename D::stream_decoder decoder;
        result<void> r = decoder.feed(bytes, ignored);
        // The blank line after it may not have come.
        if (!r.has_error()) r = decoder.finish(ignored);
        if (r.has_error() && r.error().value() != errc::truncated) return r.error();
        return error(errc::provider_internal, "the provider reported a failure");
    }
    static std::unique_ptr<any_stream_watch> make_watch(std::string_view) { return std::make_unique<erased_watch<D>>(); }
    static std::unique_ptr<any_stream_decoder<chat>> make_decoder(const rendering* how) {
        return std::make_unique<erased_chat_decoder<D>>(chat_rendering::options_of(how));
    }
    static std::unique_ptr<any_stream_encoder<chat>> make_encoder(const reply_options& options) {
        return std::make_unique<erased_chat_encoder<D>>(options);
    }
    /// Whether replies are written too: by every façade's codec, and by one for providers alone whose replies a
    /// layer may write anew for a program.
    static constexpr bool writes = requires { typename D::stream_encoder; };
    [[nodiscard]] static constexpr auto reply_writer() noexcept -> decltype(codec_ops::encode_reply) {
        if constexpr (writes) return &encode_reply;
        else return nullptr;
    }
    [[nodiscard]] static constexpr auto encoder_maker() noexcept -> decltype(stream_codec_ops<chat>::make_encoder) {
        if constexpr (writes) return &make_encoder;
        else return nullptr;
    }
    static constexpr stream_codec_ops<chat> streaming = {&make_decoder, encoder_maker()};
    [[nodiscard]] static constexpr auto ask_usage() noexcept -> decltype(codec_ops::ask_usage) {
        if constexpr (asks_for_usage<D>) return &D::ask_usage;
        else return nullptr;
    }
    [[nodiscard]] static constexpr auto make_usage_watch() noexcept -> decltype(codec_ops::make_usage_watch) {
        if constexpr (asks_for_usage<D>)
            return []() -> std::unique_ptr<any_stream_watch> { return std::make_unique<erased_usage_watch<D>>(); };
        else return nullptr;
    }
    [[nodiscard]] static constexpr auto view_scanner() noexcept -> decltype(codec_ops::scan_view) {
        if constexpr (requires { static_cast<decltype(codec_ops::scan_view)>(&D::scan_view); }) return &D::scan_view;
        else return nullptr;
    }
    [[nodiscard]] static constexpr auto model_check() noexcept -> decltype(codec_ops::exceeds_model) {
        if constexpr (requires { static_cast<decltype(codec_ops::exceeds_model)>(&D::exceeds_model); }) return &D::exceeds_model;
        else return nullptr;
    }

    [[nodiscard]] static constexpr auto answer_finder() noexcept -> decltype(codec_ops::holds_answer) {
        if constexpr (requires { static_cast<decltype(codec_ops::holds_answer)>(&D::holds_answer); }) return &D::holds_answer;
        else return nullptr;
    }
    [[nodiscard]] static constexpr auto reply_scanner() noexcept -> decltype(codec_ops::scan_reply) {
        if constexpr (requires { static_cast<decltype(codec_ops::scan_reply)>(&D::scan_reply); }) return &D::scan_reply;
        else return nullptr;
    }
    [[nodiscard]] static constexpr std::string_view end_marker() noexcept {
        if constexpr (requires { D::end_marker; }) return D::end_marker;
        else return std::string_view();
    }
    [[nodiscard]] static constexpr bool limits_count_cached() noexcept {
        if constexpr (requires { D::limits_count_cached; }) return D::limits_count_cached;
        else return true;
    }

    [[nodiscard]] static constexpr codec_ops table() noexcept {
        static_assert(sizeof(check_upstream_chat_codec<D>) != 0);
        // Whatever decodes requests has to have all the rest.
        if constexpr (names_decode_request<D>) static_assert(sizeof(check_chat_codec<D>) != 0);
        // The branch keeps the compiler from explaining the table after the sentence.
        if constexpr (!upstream_chat_codec<D> || (names_decode_request<D> && !chat_codec<D>)) {
            return codec_ops();
        } else if constexpr (names_decode_request<D>) {
            return {D::name,       D::language,     &chat::info,   D::path,       stream_path(), model_in_body(), true,
                    &D::scan_request, &decode_request, &encode_request, &caller_path, &D::has_foreign_signature, &outweighs_of,
                    &decode_reply, &encode_reply,   &D::scan_usage, &make_watch,  &stream_failure, &streaming,
                    ask_usage(),     make_usage_watch(), view_scanner(), model_check(), answer_finder(), end_marker(), limits_count_cached(), reply_scanner()};
        } else {
            return {D::name,       D::language,    &chat::info,   D::path,      stream_path(),   model_in_body(), true,
                    nullptr,       nullptr,        &encode_request, nullptr,    nullptr,         &outweighs_of,
                    &decode_reply, reply_writer(), &D::scan_usage, &make_watch, &stream_failure, &streaming,
                    ask_usage(),   make_usage_watch(), nullptr, nullptr, answer_finder(), end_marker(), limits_count_cached(), reply_scanner()};
        }
    }
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/chat_codec.ipp>
#endif
