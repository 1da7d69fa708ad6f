// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/gateway/detail/attempt.hpp>
#include <llmx/gateway/detail/request_weight.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The request of an attempt: the caller's bytes with another model, or a translation of them.

namespace llmx::inline v0::detail {

/// Makes \p c's lease what an attempt begins with: what earlier ones left behind is the request as
/// it was decoded.
LLMX_DECL void forget_buffers(call& c) noexcept {
    c.memory.shrink(c.memory.size());
    // Less than was held before.
    if (c.decoded) (void)c.memory.grow(c.body.size());
}

/// Model name for the provider: the deployment's, with a "*" replaced by what the
/// caller's name has beyond the group's prefix. Lives as long as the context.
LLMX_DECL std::string_view name_upstream_model(const call& c) {
    const deployment& d = *c.target;
    c.context->upstream_model = d.model;
    if (d.model.ends_with('*') && c.group != nullptr && c.group->wildcard) {
        std::string& name = c.context->resolved_model;
        name.assign(d.model, 0, d.model.size() - 1);
        name += c.model.substr(std::min(c.group->name.size(), c.model.size()));
        c.context->upstream_model = name;
    }
    return c.context->upstream_model;
}

[[nodiscard]] LLMX_DECL result<void> write_translated(const provider_ops& ops, call& c, std::string_view model,
                                                      attempt& a) {
    // What is kept are the decoded request and the new body; while the one is made out of the
    // JSON's tree there is that too, and while the other grows there are two of it.
    const bool decoded_before = c.canonical != nullptr;
    const std::size_t meanwhile = (decoded_before ? 2 : 3) * c.body.size();
    if (!c.memory.grow(meanwhile)) return no_memory_to("translate the request");
    if (c.canonical == nullptr) {
        request_target target;
        target.model = c.path_model;
        target.stream = c.stream;
        auto decoded = c.dialect->decode_request(c.body, target);
        if (decoded.has_error()) return decoded.error();
        c.decoded = std::make_unique<chat_request>(std::move(*decoded));
        c.decoded->stream = c.stream;
        c.canonical = c.decoded.get();
    }
    encode_options options;
    options.model = model;
    options.traits = c.target->traits.value_or(ops.facts.traits);
    options.include_usage = c.stream;
    options.stream = c.stream;
    const chat_request* said = c.canonical;
    std::optional<chat_request> fitted;
    if (!tool_names::fit(*said, ops.chat->tool_names)) {
        fitted = *said;
        c.tool_names = std::make_unique<llmx::tool_names>();
        c.tool_names->make_fit(*fitted, ops.chat->tool_names);
        a.renames_tools = !c.tool_names->empty();
        said = &*fitted;
    }
    drop_report drops;
    auto encoded = ops.chat->encode_request(*said, options, a.body, drops);
    if (encoded.has_error()) return encoded.error();
    c.memory.shrink(meanwhile);
    if (!c.memory.grow(a.body.capacity() + (decoded_before ? 0 : c.body.size())))
        return no_memory_to("send the translated request");
    a.answer_by_tool = drops.answered_by_tool();
    // A program that made the request itself knows the vocabulary's names.
    const dialect_ops* const speaks = c.canonical == c.decoded.get() ? c.dialect : nullptr;
    c.dropped.clear();
    if (const std::string* first = drops.first_lost();
        first != nullptr && !c.drop_params.value_or(c.target->drop_params.value_or(false))) {
        path_cursor at;
        std::string lost = speaks != nullptr ? speaks->caller_path(*first, *c.canonical, at) : *first;
        error e(errc::unsupported_parameter, "'" + lost + "' cannot be said to provider '" + std::string(ops.name) +
                                                 "'; leave it out or set drop_params to have it dropped");
        e.with_param(std::move(lost));
        return e;
    }
    c.dropped = name_drops(drops, speaks, *c.canonical);
    a.request.body[0] = a.body;
    return success();
}

/// A body without a model, for a provider that wants one there: as the first member.
LLMX_DECL void insert_model(const call& c, std::string_view model, attempt& a) {
    constexpr std::string_view space = " \t\r\n";
    const std::size_t bracket = c.body.find('{');
    if (bracket == std::string_view::npos) { // not an object; the provider will say so
        a.request.body[0] = c.body;
        return;
    }
    const std::string_view rest = c.body.substr(bracket + 1);
    a.model_value += "\"model\":";
    append_json_string(a.model_value, model);
    const std::size_t next = rest.find_first_not_of(space);
    if (next != std::string_view::npos && rest[next] != '}') a.model_value += ',';
    a.request.body[0] = c.body.substr(0, bracket + 1);
    a.request.body[1] = a.model_value;
    a.request.body[2] = rest;
}

LLMX_DECL void write_passed_through(const provider_ops& ops, const call& c, std::string_view model, attempt& a) {
    if (c.model_begin == c.model_end) {
        if (ops.chat->model_in_body) return insert_model(c, model, a);
        a.request.body[0] = c.body.substr(0, c.cut_begin);
        a.request.body[1] = c.body.substr(c.cut_end);
        return;
    }
    append_json_string(a.model_value, model);
    if (c.body.substr(c.model_begin, c.model_end - c.model_begin) == a.model_value) {
        a.request.body[0] = c.body;
        return;
    }
    a.request.body[0] = c.body.substr(0, c.model_begin);
    a.request.body[1] = a.model_value;
    a.request.body[2] = c.body.substr(c.model_end);
}

/// Writes the request of an attempt: as it came when \p same, else translated. Is false, and has
/// not, when that would keep the event loop from other calls for too long; \p same then says
/// whether the bytes may still pass.
[[nodiscard]] LLMX_DECL result<bool> try_write(const provider_ops& ops, call& c, std::string_view model, attempt& a,
                                               bool& same) {
    const bool long_scan = c.body.size() > offload_scan_above;
    if (same && !long_scan) same = !ops.chat->has_foreign_signature(c.body);
    bool too_long = same ? long_scan : c.body.size() > offload_translation_above;
    if (!same && c.canonical != nullptr && c.canonical != c.decoded.get())
        too_long = outweighs(*c.canonical, offload_translation_above); // made by the program
    if (too_long) return false;
    if (same) {
        write_passed_through(ops, c, model, a);
    } else if (const result<void> written = write_translated(ops, c, model, a); !written) {
        return written.error();
    }
    return true;
}

/// What `try_write` left to be done, for another thread.
class request_writing final : public offloaded_work {
public:
    request_writing(const provider_ops& ops, call& c, std::string_view model, attempt& a, bool same) noexcept
        : ops_(&ops), call_(&c), model_(model), attempt_(&a), same_(same) {}
    result<void> written = success();

    std::size_t bytes() const noexcept override {
        const bool made_by_program = call_->canonical != nullptr && call_->canonical != call_->decoded.get();
        if (!made_by_program) return call_->body.size();
        return outweighs(*call_->canonical, offload_long_above) ? offload_long_above + 1 : offload_long_above;
    }
    void run() override {
        const forget_decoded after(*call_);
        call_->tool_names.reset();
        if (same_ && !ops_->chat->has_foreign_signature(call_->body)) write_passed_through(*ops_, *call_, model_, *attempt_);
        else written = write_translated(*ops_, *call_, model_, *attempt_);
    }

private:
    /// A large request takes many times its size when decoded: it is decoded again by each
    /// attempt, not kept while a provider thinks, and freed on this thread.
    struct forget_decoded {
        explicit forget_decoded(call& c) noexcept : of(&c) {}
        forget_decoded(const forget_decoded&) = delete;
        forget_decoded& operator=(const forget_decoded&) = delete;
        ~forget_decoded() {
            if (of->canonical == of->decoded.get()) of->canonical = nullptr;
            of->decoded.reset();
        }
        call* of;
    };
    const provider_ops* ops_;
    call* call_;
    std::string_view model_;
    attempt* attempt_;
    bool same_;
};

LLMX_DECL boost::asio::awaitable<result<bool>> write_offloaded(const provider_ops& ops, call& c, std::string_view model,
                                                               attempt& a, bool same) {
    request_writing work(ops, c, model, a, same);
    const result<void> ran = co_await c.on->offload(work, c.context->cancellation);
    if (!ran) co_return ran.error();
    if (!work.written) co_return work.written.error();
    co_return true;
}

/// Has the provider write the head of the request.
[[nodiscard]] LLMX_DECL result<bool> prepare(const provider_ops& ops, const void* self, const call& c,
                                             std::string_view model, attempt& a) {
    outgoing what;
    what.op = c.op;
    what.stream = c.stream;
    what.model = model;
    if (const result<void> prepared = ops.prepare(self, *c.target, what, a.request); !prepared)
        return leaving(ops, *c.target, prepared.error());
    return true;
}

} // namespace llmx::inline v0::detail
