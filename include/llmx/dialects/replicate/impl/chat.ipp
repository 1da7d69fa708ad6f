// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/replicate/chat.hpp>

#include <llmx/core/reasoning.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/json_texts.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto replicate_chat_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>(""), by_hand<&chat_request::messages>("prompt"), lost<&chat_request::tools>(),
    lost<&chat_request::tool_choice>(), hint<&chat_request::parallel_tool_calls>(), by_hand<&chat_request::max_output_tokens>("max_tokens"),
    mapped<&chat_request::temperature>("temperature"), mapped<&chat_request::top_p>("top_p"), mapped<&chat_request::top_k>("top_k"),
    mapped<&chat_request::presence_penalty>("presence_penalty"), mapped<&chat_request::frequency_penalty>("frequency_penalty"),
    by_hand<&chat_request::stop>("stop_sequences"), mapped<&chat_request::seed>("seed"), lost<&chat_request::n>().unless(1),
    lost<&chat_request::logprobs>().unless(0), lost<&chat_request::top_logprobs>().unless(0), lost<&chat_request::logit_bias>(),
    by_hand<&chat_request::response_format>(""), by_hand<&chat_request::reasoning>("reasoning_effort"), by_hand<&chat_request::modalities>(""),
    hint<&chat_request::user>(), hint<&chat_request::service_tier>(), hint<&chat_request::metadata>(), hint<&chat_request::cache>(),
    by_hand<&chat_request::stream>(""), by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(replicate_chat_fields), "llmx: replicate_chat has to account for each member of chat_request");

/// What the models of a maker call the limit of an answer; the first whose text is in a model's name counts.
struct replicate_limit_name {
    std::string_view part, name;
};
inline constexpr replicate_limit_name replicate_limit_names[] = {
    {"openai/", "max_completion_tokens"}, {"google/", "max_output_tokens"}, {"llama-2", "max_new_tokens"},
    {"mistralai/", "max_new_tokens"},     {"", "max_tokens"}};

/// Collects the texts of a conversation, and reports what is none.
class replicate_prompt {
public:
    explicit replicate_prompt(drop_report& drops) noexcept : drops_(drops) {}

    LLMX_DECL void read(const chat_request& request) {
        const request_place all = request_place().of<&chat_request::messages>();
        for (std::size_t i = 0; i < request.messages.size(); ++i) {
            const message& m = request.messages[i];
            if (!m.name.empty()) drops_.hint(all.item(i).of<&message::name>());
            drops_.foreign(m.extra, std::string_view(), all.item(i));
            std::string text;
            for (std::size_t p = 0; p < m.content.size(); ++p) add_part(m.content[p], all.item(i).of<&message::content>().item(p), text);
            if (text.empty()) continue;
            if (m.from == role::system || m.from == role::developer) join(system, text);
            else add_turn(m.from, text);
        }
        if (turns_ > 1 || answered_) prompt += "\n\nAssistant:";
    }
    std::string prompt, system;

private:
    static void join(std::string& to, std::string_view text) {
        if (!to.empty()) to += "\n\n";
        to += text;
    }
    LLMX_DECL void add_turn(role from, std::string_view text) {
        // A single text of a user stays as it is.
        if (turns_ == 1 && !answered_) prompt.insert(0, "User: ");
        const bool first = turns_++ == 0 && from != role::assistant;
        if (first) {
            prompt = text;
            return;
        }
        answered_ = answered_ || from == role::assistant;
        if (!prompt.empty()) prompt += "\n\n";
        prompt.append(from == role::assistant ? "Assistant: " : "User: ").append(text);
    }
    LLMX_DECL void add_part(const content_part& part, const request_place& at, std::string& text) {
        if (const auto* const t = std::get_if<text_part>(&part)) {
            text += t->text;
            if (!t->citations.empty()) drops_.hint(at.of<&text_part::citations>());
            if (!t->signature.empty()) drops_.hint(at.of<&text_part::signature>());
            if (t->cache) drops_.hint(at.of<&text_part::cache>());
            drops_.foreign(t->extra, std::string_view(), at);
        } else if (const auto* const r = std::get_if<refusal_part>(&part)) {
            text += r->text;
        } else if (std::holds_alternative<thinking_part>(part)) {
            drops_.hint(at);
        } else {
            drops_.lost(at);
        }
    }

    drop_report& drops_;
    std::size_t turns_ = 0;
    bool answered_ = false;
};

/// The texts at `output`, joined.
LLMX_DECL [[nodiscard]] std::string replicate_output(std::string_view body) {
    std::string text;
    // As many as a list has: an element is a token.
    for (const std::string_view one : find_json_texts(body, "output", static_cast<std::size_t>(-1))) text += unescape_json_string(one);
    return text;
}

LLMX_DECL [[nodiscard]] usage replicate_usage(const json_cursor& metrics) {
    const json_cursor in = metrics["input_token_count"], out = metrics["output_token_count"], other_in = metrics["token_input_count"],
                      other_out = metrics["token_output_count"];
    usage u;
    u.input_tokens = in.count_or(other_in.count_or());
    u.output_tokens = out.count_or(other_out.count_or());
    return u;
}

LLMX_DECL [[nodiscard]] error replicate_failure(std::string_view words) {
    error e(errc::provider_internal, "the provider reports a failure in place of an answer");
    if (!words.empty()) e.with_provider_message(std::string(words.substr(0, 512)));
    return e;
}

} // namespace detail

LLMX_DECL result<void> replicate_chat::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                      drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    const request_place at;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    detail::replicate_prompt texts(drops);
    texts.read(request);
    if (texts.prompt.empty()) return drops.refuse_empty(at.of<&chat_request::messages>(), "a message of the user with content is required");
    json_writer w(out);
    w.object();
    // A version id is what is behind the colon, or a name without an owner.
    if (const std::size_t colon = model.find(':'); colon != std::string_view::npos || model.find('/') == std::string_view::npos)
        w.member("version", model.substr(colon + 1));
    w.key("input").object().member("prompt", texts.prompt);
    if (!texts.system.empty()) w.member("system_prompt", texts.system);
    if (request.max_output_tokens) {
        const detail::replicate_limit_name* limit = std::begin(detail::replicate_limit_names);
        while (model.find(limit->part) == std::string_view::npos) ++limit;
        w.member(limit->name, *request.max_output_tokens);
    }
    detail::write_fields(w, &request, detail::replicate_chat_fields.view(), at, drops);
    if (!request.stop.empty()) {
        std::string all;
        for (std::size_t i = 0; i < request.stop.size(); ++i) {
            if (request.stop[i].find(',') != std::string::npos) drops.lost(at.of<&chat_request::stop>().item(i));
            else all += (all.empty() ? "" : ",") + request.stop[i];
        }
        if (!all.empty()) w.member("stop_sequences", all);
    }
    if (request.response_format && request.response_format->form != response_format::kind::text) drops.lost(at.of<&chat_request::response_format>());
    if (!request.modalities.empty() && (request.modalities.size() != 1 || request.modalities.front() != "text")) drops.lost(at.of<&chat_request::modalities>());
    if (request.reasoning) {
        const request_place place = at.of<&chat_request::reasoning>();
        if (request.reasoning->effort && model.find("openai/") != std::string_view::npos)
            w.member("reasoning_effort", detail::effort_names[static_cast<std::size_t>(*request.reasoning->effort)]);
        else drops.lost(place);
    }
    extra_members own = request.extra;
    detail::drop_gateway_members(own);
    for (const extra_members::member& m : own.members)
        if (!m.hint && !m.is_absent) w.raw_member(extra_members::wire_name(m.name), m.value.text);
    std::erase_if(own.members, [](const extra_members::member& m) { return !m.hint; });
    drops.foreign(own, std::string_view(), at);
    w.end_object().end_object();
    return success();
}

LLMX_DECL result<chat_reply> replicate_chat::decode_reply(std::string_view body) {
    json_document document(body);
    if (const result<void> read = document.status(); !read) return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), status = in["status"], failure = in["error"], id = in["id"], model = in["model"], metrics = in["metrics"];
    if (!failure.string_or().empty() || status.string_or() == "failed" || status.string_or() == "canceled")
        return detail::replicate_failure(failure.string_or(status.string_or()));
    if (!holds_answer(body)) return error(errc::bad_response, "the provider's answer has no output");
    chat_reply to;
    to.id = id.string_or();
    to.model = model.string_or();
    chat_choice& c = to.choices.emplace_back();
    c.answer = message::assistant(detail::replicate_output(body));
    c.finish = finish_reason::stop;
    to.usage = detail::replicate_usage(metrics);
    return to;
}

LLMX_DECL usage replicate_chat::scan_usage(std::string_view body) {
    usage u;
    const result<void> scanned = scan_json_members(body, [&u](const json_member& m) {
        if (!m.named("metrics") || !m.value.starts_with('{')) return;
        json_document document(m.value);
        u = detail::replicate_usage(document.root());
    });
    return scanned ? u : usage();
}

LLMX_DECL bool replicate_chat::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "output", [body](std::size_t value) { return body[value] == '"' || body[value] == '['; });
}

LLMX_DECL error_body replicate_chat::decode_error(std::string_view body) {
    error_body found;
    json_document document(body);
    if (!document.forgive()) return found;
    const json_cursor in = document.root(), detail = in["detail"], title = in["title"], failure = in["error"];
    found.message = detail.string_or(failure.string_or(title.string_or()));
    return found;
}

LLMX_DECL void replicate_chat::write_events(std::string_view body, std::string& out) {
    const std::string text = detail::replicate_output(body);
    out += "event: output\n";
    std::string_view rest = text;
    for (;;) {
        const std::size_t line = rest.find_first_of("\r\n");
        out.append("data: ").append(rest.substr(0, line)).append("\n");
        if (line == std::string_view::npos) break;
        rest.remove_prefix(line + (rest.substr(line).starts_with("\r\n") ? 2 : 1));
    }
    out += "\nevent: done\ndata: {}\n\n";
}

LLMX_DECL result<void> replicate_chat::stream_decoder::take(const sse_event& event, event_batch& out) {
    if (done_) return success();
    if (event.event == "error") return detail::replicate_failure(event.data);
    if (event.event == "done") {
        const std::vector<std::string_view> reasons = detail::find_json_texts(event.data, "reason", 1);
        const std::string reason = reasons.empty() ? std::string() : unescape_json_string(reasons.front());
        if (reason == "error" || reason == "canceled") return detail::replicate_failure(reason);
        done_ = true;
        chat_event& e = out.add(chat_event::kind::finish);
        e.reason = finish_reason::stop;
        return success();
    }
    if (event.event != "output") return success();
    if (!std::exchange(started_, true)) out.add(chat_event::kind::start);
    if (event.data.empty()) return success();
    chat_event& e = out.add(chat_event::kind::text);
    e.text = out.keep(event.data);
    return success();
}

LLMX_DECL result<void> replicate_chat::stream_decoder::finish(event_batch& out) {
    const auto read = parser_.deliver_incomplete([this, &out](const sse_event& e) { return take(e, out); });
    if (read.has_error()) return read;
    if (!done_) return error(errc::truncated);
    return success();
}

LLMX_DECL const stream_progress& replicate_chat::stream_watch::feed(std::string_view bytes) {
    const auto read = parser_.feed(bytes, [this](const sse_event& e) {
        if (e.event == "error") progress_.failed = true;
        else if (e.event == "output") progress_.begun = progress_.begun || !e.data.empty();
        else if (e.event == "done") {
            progress_.begun = progress_.complete = true;
            progress_.failed = progress_.failed || e.data.find("\"reason\"") != std::string_view::npos;
        }
    });
    if (read.has_error()) progress_.failed = true;
    progress_.pending = parser_.unfinished();
    return progress_;
}

} // namespace llmx::inline LLMX_ABI
