// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/mock.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] std::int64_t count_words(std::string_view text) noexcept {
    std::int64_t words = 0;
    bool inside = false;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\t';
        if (!space && !inside) ++words;
        inside = !space;
    }
    return words;
}

/// Text cut into words, each with the space before it.
LLMX_DECL [[nodiscard]] std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    std::size_t begin = 0;
    while (begin < text.size()) {
        std::size_t end = text.find(' ', begin + 1);
        if (end == std::string_view::npos) end = text.size();
        words.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

template <class T> [[nodiscard]] bool parse_number(std::string_view text, T& to) noexcept {
    const auto r = std::from_chars(text.data(), text.data() + text.size(), to);
    return r.ec == std::errc() && r.ptr == text.data() + text.size() && !(to < T());
}

/// The reply as events, which the dialect's own encoder turns into a body or a stream.
LLMX_DECL [[nodiscard]] result<chat_reply> mock_answer(const mock_script& script, const chat_request& q,
                                                       std::uint64_t id) {
    chat_reply r;
    r.id = "chatcmpl-mock-" + std::to_string(id);
    r.model = q.model;
    chat_choice choice;
    std::string text = script.say;
    std::int64_t input = 0;
    const tool_result_part* last_result = nullptr;
    std::string last_user;
    for (const auto& m : q.messages) {
        const std::string words = m.text();
        input += count_words(words);
        if (m.from == role::user && !words.empty()) last_user = words;
        last_result = nullptr;
        for (const auto& p : m.content)
            if (const auto* result_part = std::get_if<tool_result_part>(&p)) last_result = result_part;
    }
    if (script.what == mock_script::kind::echo) text = last_user;
    if (script.what == mock_script::kind::tool && last_result != nullptr) {
        text.clear();
        for (const auto& p : last_result->content)
            if (const auto* t = std::get_if<text_part>(&p)) text += t->text;
    }
    choice.finish = finish_reason::stop;
    if (script.what == mock_script::kind::tool && last_result == nullptr) {
        tool_call_part call_part;
        call_part.id = "call_mock_" + std::to_string(id);
        call_part.name = !script.tool_name.empty() ? script.tool_name
                         : q.tools.empty()         ? std::string("mock_tool")
                                                   : q.tools.front().name;
        call_part.arguments = script.arguments.empty() ? "{}" : script.arguments;
        r.usage.output_tokens = 1;
        choice.answer.content.emplace_back(std::move(call_part));
        choice.finish = finish_reason::tool_calls;
    } else {
        if (q.max_output_tokens && count_words(text) > *q.max_output_tokens) {
            const auto words = split_words(text);
            std::size_t size = 0;
            for (std::size_t i = 0; i < static_cast<std::size_t>(*q.max_output_tokens) && i < words.size(); ++i)
                size += words[i].size();
            text.resize(size);
            choice.finish = finish_reason::length;
        }
        r.usage.output_tokens = count_words(text);
        choice.answer.content.emplace_back(text_part(std::move(text)));
    }
    r.usage.input_tokens = input;
    r.choices.push_back(std::move(choice));
    return r;
}

/// \p piece: bytes from which on a chunk begins another piece; 0: each chunk is one.
LLMX_DECL [[nodiscard]] std::vector<std::string> mock_chunks(const chat_reply& r, const chat_request& q,
                                                             std::int64_t created, std::size_t piece) {
    reply_options options;
    options.id = r.id;
    options.model = r.model;
    options.created = created;
    options.include_usage = q.include_usage;
    openai_chat::stream_encoder encoder(options);
    std::vector<std::string> chunks;
    const auto say = [&](const chat_event& e) {
        std::string bytes;
        encoder.encode(e, bytes);
        if (bytes.empty()) return;
        if (!chunks.empty() && chunks.back().size() < piece) chunks.back() += bytes;
        else chunks.push_back(std::move(bytes));
    };
    chat_event e;
    e.what = chat_event::kind::start;
    e.id = r.id;
    e.name = r.model;
    e.created = created;
    say(e);
    const chat_choice& choice = r.choices.front();
    for (const auto& p : choice.answer.content) {
        if (const auto* t = std::get_if<text_part>(&p)) {
            for (const std::string_view word : split_words(t->text)) {
                e = chat_event();
                e.what = chat_event::kind::text;
                e.text = word;
                say(e);
            }
        } else if (const auto* t2 = std::get_if<tool_call_part>(&p)) {
            e = chat_event();
            e.what = chat_event::kind::tool_call;
            e.id = t2->id;
            e.name = t2->name;
            say(e);
            // Two fragments, so that clients which must join them are tested.
            const std::size_t half = t2->arguments.size() / 2;
            for (const std::string_view fragment :
                 {std::string_view(t2->arguments).substr(0, half), std::string_view(t2->arguments).substr(half)}) {
                e = chat_event();
                e.what = chat_event::kind::tool_arguments;
                e.text = fragment;
                if (!fragment.empty()) say(e);
            }
        }
    }
    e = chat_event();
    e.what = chat_event::kind::finish;
    e.reason = choice.finish;
    say(e);
    e = chat_event();
    e.what = chat_event::kind::usage;
    e.tokens = r.usage;
    say(e);
    std::string bytes;
    encoder.finish(bytes);
    chunks.push_back(std::move(bytes));
    return chunks;
}

/// The kind of failure that a script's `code` stands for.
LLMX_DECL [[nodiscard]] std::optional<errc> mock_error_kind(std::string_view code) noexcept {
    if (code == "context_length_exceeded") return errc::context_window_exceeded;
    if (code == "content_policy_violation") return errc::content_policy;
    if (code == "rate_limit_exceeded") return errc::rate_limited;
    if (code == "invalid_api_key") return errc::authentication;
    return std::nullopt;
}

/// The body of a mock's reply: pieces at the configured speed.
LLMX_DECL class basic_mock_body final : public http_body {
public:
    basic_mock_body(runtime& on, const http_limits& limits, cancellation& stop, std::vector<std::string> pieces,
              duration gap, std::optional<std::uint64_t> cut_after, bool yields)
        : on_(&on), limits_(limits), stop_(&stop), pieces_(std::move(pieces)), gap_(gap), cut_after_(cut_after),
          yields_(yields) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (stop_->cancelled()) co_return error(errc::cancelled);
        if (cut_after_ && next_ >= *cut_after_)
            co_return error(errc::truncated, "the mock model is configured to cut the stream (cut_after)");
        if (next_ == pieces_.size()) co_return std::string_view();
        if (gap_ > duration::zero() && next_ > 0) {
            const time_point due = on_->now() + gap_;
            if (due > limits_.deadline) co_return error(errc::deadline_exceeded);
            auto waited = co_await on_->sleep_until(due, *stop_);
            if (waited.has_error()) co_return waited.error();
        }
        // So many pieces at once do not delay other calls.
        if (yields_) co_await boost::asio::post(boost::asio::deferred);
        co_return std::string_view(pieces_[next_++]);
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        while (true) {
            auto piece = co_await read_some();
            if (piece.has_error()) co_return piece.error();
            if (piece->empty()) co_return success();
            out += *piece;
        }
    }
    void read_by(time_point) noexcept override {}

    std::vector<http_field> fields;
    std::string retry_after;

private:
    runtime* on_;
    http_limits limits_;
    cancellation* stop_;
    std::vector<std::string> pieces_;
    duration gap_;
    std::optional<std::uint64_t> cut_after_;
    bool yields_;
    std::size_t next_ = 0;
};
using mock_body = LLMX_PLAIN(basic_mock_body);

/// The mock's answer to a request.
LLMX_DECL class basic_mock_answering final : public offloaded_work {
public:
    basic_mock_answering(const mock_script& script, const http_request& request, runtime& on)
        : large(request.body_size() > offload_translation_above), script_(&script), request_(&request),
          id_(on.random() % 1000000000), created_(on.unix_seconds()) {}
    /// It is not for the event loop's thread.
    const bool large;
    int status = 200;
    std::vector<std::string> pieces;
    std::string_view type = "application/json";

    std::size_t bytes() const noexcept override { return request_->body_size(); }
    void run() override {
        std::string sent;
        for (const auto piece : request_->body) sent += piece;
        const auto decoded = openai_chat::decode_request(sent, request_target());
        const bool fail = script_->what == mock_script::kind::fail;
        if (fail || decoded.has_error()) {
            status = fail ? script_->status : 400;
            const errc kind = !fail ? errc::invalid_request : mock_error_kind(script_->code).value_or(errc::provider_internal);
            error e(kind, fail ? script_->message : decoded.error().message());
            openai_chat::encode_error(e, pieces.emplace_back());
            return;
        }
        auto answer = mock_answer(*script_, *decoded, id_);
        answer->created = created_;
        if (decoded->stream) {
            type = openai_chat::stream_content_type;
            const bool each = !large || script_->tokens_per_second > 0 || script_->cut_after;
            pieces = mock_chunks(*answer, *decoded, answer->created, each ? 0 : 16 * 1024);
            return;
        }
        reply_options options;
        options.id = answer->id;
        options.model = answer->model;
        options.created = answer->created;
        openai_chat::encode_reply(*answer, options, pieces.emplace_back());
    }

private:
    const mock_script* script_;
    const http_request* request_;
    std::uint64_t id_;
    std::int64_t created_;
};
using mock_answering = LLMX_PLAIN(basic_mock_answering);

/// LiteLLM's exceptions by the status that they stand for (docs.litellm.ai/docs/exception_mapping).
struct mock_exception {
    std::string_view name;
    int status;
    std::string_view code, message;
};
inline constexpr mock_exception mock_exceptions[] = {
    {"BadRequestError", 400, "", "this is a mock bad request error"},
    {"UnsupportedParamsError", 400, "", "this is a mock unsupported params error"},
    {"ContextWindowExceededError", 400, "context_length_exceeded", "this is a mock context window exceeded error"},
    {"ContentPolicyViolationError", 400, "content_policy_violation", "this is a mock content policy violation error"},
    {"AuthenticationError", 401, "invalid_api_key", "this is a mock authentication error"},
    {"PermissionDeniedError", 403, "", "this is a mock permission denied error"},
    {"NotFoundError", 404, "", "this is a mock not found error"},
    {"Timeout", 408, "", "this is a mock timeout"},
    {"UnprocessableEntityError", 422, "", "this is a mock unprocessable entity error"},
    {"RateLimitError", 429, "rate_limit_exceeded", "this is a mock rate limit error"},
    {"InternalServerError", 500, "", "this is a mock internal server error"},
    {"APIError", 500, "", "this is a mock API error"},
    {"APIConnectionError", 500, "", "this is a mock connection error"},
    {"BadGatewayError", 502, "", "this is a mock bad gateway error"},
    {"ServiceUnavailableError", 503, "", "this is a mock service unavailable error"},
};

/// The script of an answer that LiteLLM's `mock_response` describes.
LLMX_DECL [[nodiscard]] std::string mock_response_script(std::string_view answer) {
    std::string script;
    if (answer.starts_with("litellm."))
        for (const mock_exception& e : mock_exceptions) {
            if (answer.substr(8) != e.name) continue;
            script = "error?status=" + std::to_string(e.status) + "&message=";
            append_percent_encoded(script, e.message);
            if (!e.code.empty()) script.append("&code=").append(e.code);
            return script;
        }
    if (answer.starts_with("Exception: content_filter_policy")) {
        script = "error?status=400&code=content_policy_violation&message=";
        append_percent_encoded(script, answer);
        return script;
    }
    script = "text?say=";
    append_percent_encoded(script, answer);
    return script;
}

} // namespace detail

LLMX_DECL void mock::settings::read_mock_response(settings_reader& params) {
    settings_reader& answer = params.at("mock_response");
    std::string text;
    if (!answer.text(text)) return;
    if (text.starts_with("litellm.") && detail::mock_response_script(text).starts_with("text?"))
        answer.warn("no exception of LiteLLM is called so; it is the text of the answer");
    script = detail::mock_response_script(text);
}

LLMX_DECL mock::settings mock::settings::answering(std::string_view answer) {
    settings s;
    s.script = detail::mock_response_script(answer);
    return s;
}

LLMX_DECL result<mock_script> parse_mock_script(std::string_view model) {
    mock_script s;
    const std::string_view kind = model.substr(0, model.find('?'));
    if (kind == "echo") s.what = mock_script::kind::echo;
    else if (kind == "text") s.what = mock_script::kind::text;
    else if (kind == "tool") s.what = mock_script::kind::tool;
    else if (kind == "error") s.what = mock_script::kind::fail;
    else
        return error(errc::bad_configuration,
                     "mock model '" + std::string(kind) + "' is unknown; there are echo, text, tool and error");
    std::string_view rest = model.substr(std::min(model.size(), kind.size() + 1));
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto equals = pair.find('=');
        const std::string_view key = pair.substr(0, equals);
        auto value = percent_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
        if (value.has_error()) return error(errc::bad_configuration, "mock setting '" + std::string(key) + "' is malformed");
        std::int64_t number = 0;
        const bool is_number = detail::parse_number(*value, number);
        bool ok = true;
        if (key == "say") s.say = *value;
        else if (key == "name") s.tool_name = *value;
        else if (key == "arguments") s.arguments = *value;
        else if (key == "message") s.message = *value;
        else if (key == "code") ok = detail::mock_error_kind(*value).has_value(), s.code = *value;
        else if (key == "status") ok = is_number && number >= 400 && number <= 599, s.status = static_cast<int>(number);
        else if (key == "retry_after") ok = is_number, s.retry_after_s = number;
        else if (key == "latency_ms") ok = is_number && number <= 3600000, s.latency = std::chrono::milliseconds(number);
        else if (key == "cut_after") ok = is_number, s.cut_after = static_cast<std::uint64_t>(number);
        else if (key == "tokens_per_second") ok = detail::parse_number(*value, s.tokens_per_second);
        else return error(errc::bad_configuration, "mock setting '" + std::string(key) + "' is unknown");
        if (!ok)
            return error(errc::bad_configuration, "mock setting '" + std::string(key) + "': '" + *value + "' is out of range");
    }
    return s;
}

LLMX_DECL boost::asio::awaitable<result<http_response>>
mock::exchange(runtime& on, const deployment&, const http_request& request, const http_limits& limits,
               cancellation& stop) const {
    auto script = parse_mock_script(request.target);
    if (script.has_error()) {
        // A wildcard deployment takes the name from the caller, whose mistake it is.
        error e(errc::invalid_request, script.error().message());
        e.with_param("model");
        co_return e;
    }
    detail::LLMX_OF(mock_answering) work(*script, request, on);
    if (work.large) {
        const result<void> ran = co_await on.offload(work, stop);
        if (!ran) co_return ran.error();
    } else {
        work.run();
    }
    if (script->latency.count() > 0) {
        const time_point due = on.now() + script->latency;
        const time_point until = std::min({due, limits.deadline, limits.first_byte_by});
        auto waited = co_await on.sleep_until(until, stop);
        if (waited.has_error()) co_return waited.error();
        if (until < due)
            co_return error(until == limits.deadline ? errc::deadline_exceeded : errc::first_token_timeout);
    }

    duration gap = duration::zero();
    if (script->tokens_per_second > 0)
        gap = std::chrono::duration_cast<duration>(std::chrono::duration<double>(1.0 / script->tokens_per_second));
    auto body = std::unique_ptr<detail::LLMX_OF(mock_body)>(
        new detail::LLMX_OF(mock_body)(on, limits, stop, std::move(work.pieces), gap, script->cut_after, work.large));
    http_field field;
    field.name = "content-type";
    field.value = work.type;
    body->fields.push_back(field);
    if (script->what == mock_script::kind::fail && script->retry_after_s) {
        body->retry_after = std::to_string(*script->retry_after_s);
        field.name = "retry-after";
        field.value = body->retry_after;
        body->fields.push_back(field);
    }
    http_response r;
    r.status = work.status;
    r.fields = body->fields;
    r.body = http_body_ptr(body.release());
    co_return r;
}

} // namespace llmx::inline LLMX_ABI
