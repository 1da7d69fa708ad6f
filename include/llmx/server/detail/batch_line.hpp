// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/server/detail/facade_work.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/service/any_service.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/observer.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// One line of a batch's file: views into it.
struct batch_line {
    std::string_view url, body;
    std::string custom_id;
};
/// What is wrong with a line, in OpenAI's words.
struct batch_fault {
    batch_fault() = default;
    batch_fault(std::string_view c, std::string m, std::string_view p = std::string_view()) : code(c), message(std::move(m)), param(p) {}
    std::string code, message, param;
};
/// Reads \p text; a fault when it is no request of a batch for \p endpoint.
LLMX_DECL [[nodiscard]] std::optional<batch_fault> read_batch_line(std::string_view text, std::string_view endpoint, batch_line& into);

/// What became of one request.
struct line_answer {
    line_answer() = default;
    int status = 0;
    /// One JSON text without line ends.
    std::string body;
    /// It failed for a reason that passes; and how long to wait, when that is known.
    bool again = false;
    std::optional<std::chrono::milliseconds> wait;
    bool cancelled = false;
};

/// The answer to a request that failed, in the form of the codec \p C.
template <codec C> void set_failure(const error& e, line_answer& out) {
    out.status = e.http_status();
    out.body.clear();
    C::encode_error(e, out.body);
    const errc why = e.value();
    out.again = why == errc::rate_limited || why == errc::no_deployment || why == errc::shed || why == errc::overloaded || why == errc::connect_failed;
    out.wait = e.retry_after();
    out.cancelled = why == errc::cancelled;
}

inline void note_line_ended(void* observer, const call& c, const deployment*, const outcome& how) noexcept {
    static_cast<any_observer*>(observer)->call_ended(c, how);
}

/// Executes the request \p body in the form of the codec \p C, as a façade does, for the caller of \p context. \p observer may be null.
template <codec C>
boost::asio::awaitable<void> run_line(runtime& on, const any_service& gateway, call_context& context, any_observer* observer, std::string_view body,
                                      line_answer& out) {
    using op = typename C::operation;
    const request_target target;
    result<request_head> head = C::scan_request(body, target);
    if (head && head->stream) head = error(errc::invalid_request, "a request of a batch cannot be streamed: leave 'stream' out").with_param("stream");
    if (!head) {
        set_failure<C>(head.error(), out);
        co_return;
    }
    std::string unescaped_model;
    call c(on, context);
    const call_ending ending(c);
    if (observer != nullptr) c.on_finish(observer, &note_line_ended);
    c.in.operation = &op::info;
    c.in.codec = &codec_of<C>;
    if constexpr (requires { typename op::forms; }) c.in.forms = forms_of<op>();
    else if constexpr (requires { C::forms_for(*head); }) c.in.forms = C::forms_for(*head);
    set_up_request(c, body, *head, target, unescaped_model);
    if constexpr (requires { requires C::repeats_request; }) c.in.answer.request = body;
    result<reply> answer = co_await gateway.execute(c);
    c.in.answer.model = c.model;
    if (answer && answer->stream != nullptr) answer = error(errc::internal, "the gateway answered in another form than asked for");
    if (!answer) {
        set_failure<C>(answer.error(), out);
        co_return;
    }
    out.status = 200;
    if (answer->passes_as(codec_of<C>)) {
        out.body = std::move(answer->body);
        co_return;
    }
    reply_rewriting<C> work(*answer, c.in.answer, c.report.estimate, out.body);
    if (answer->body.size() > offload_translation_above) {
        const result<void> ran = co_await on.offload(work, context.cancellation);
        if (!ran) work.good = ran.error();
    } else {
        work.run();
    }
    if (!work.good) set_failure<C>(work.good.error(), out);
}

/// How requests for one path are executed.
struct batch_url {
    std::string_view path;
    boost::asio::awaitable<void> (*run)(runtime& on, const any_service& gateway, call_context& context, any_observer* observer, std::string_view body,
                                        line_answer& out);
};
/// Null for a path that a batch cannot have.
LLMX_DECL [[nodiscard]] const batch_url* find_batch_url(std::string_view path) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/batch_line.ipp>
#endif
