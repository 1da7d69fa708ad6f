// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/detail/prompted_chat.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/detail/has_words.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto prompted_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>(""), by_hand<&chat_request::messages>("prompt"), by_hand<&chat_request::max_output_tokens>("max_tokens"),
    by_hand<&chat_request::temperature>("temperature"), by_hand<&chat_request::top_p>("top_p"), by_hand<&chat_request::top_k>("top_k"),
    lost<&chat_request::presence_penalty>().unless(0), lost<&chat_request::frequency_penalty>().unless(0), by_hand<&chat_request::stop>("stop"),
    by_hand<&chat_request::seed>("seed"), lost<&chat_request::n>().unless(1), lost<&chat_request::logprobs>().unless(0),
    lost<&chat_request::top_logprobs>().unless(0), lost<&chat_request::logit_bias>(), lost<&chat_request::tools>(),
    lost<&chat_request::tool_choice>(), hint<&chat_request::parallel_tool_calls>(), lost<&chat_request::response_format>(),
    lost<&chat_request::reasoning>(), lost<&chat_request::modalities>(), hint<&chat_request::user>(), hint<&chat_request::service_tier>(),
    hint<&chat_request::metadata>(), hint<&chat_request::cache>(), by_hand<&chat_request::stream>("stream"),
    by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all<chat_request>(prompted_fields));

LLMX_DECL prompt_template prompt_template_of(std::string_view name) noexcept {
    const auto has = [name](std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(), [name](std::string_view w) { return has_words(name, w); });
    };
    if (has({"titan"})) return prompt_template::titan;
    if (has({"llama2", "llama-2"})) return prompt_template::llama2;
    if (has({"llama4", "llama-4"})) return prompt_template::llama4;
    if (has({"llama3", "llama-3"})) return prompt_template::llama3;
    return has({"mistral", "mixtral"}) ? prompt_template::mistral : prompt_template::plain;
}

/// A message as a prompt has it.
struct prompted_turn {
    prompted_turn(role r, std::string t) noexcept : from(r), text(std::move(t)) {}
    role from;
    std::string text;
};

/// The system prompts of \p request, and its turns, in which those of one side in a row are one.
struct prompted_conversation {
    std::string system;
    std::vector<prompted_turn> turns;
};

LLMX_DECL [[nodiscard]] prompted_conversation prompted_read(const chat_request& request, drop_report& drops) {
    prompted_conversation c;
    const request_place all = request_place().of<&chat_request::messages>();
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        const message& m = request.messages[i];
        for (std::size_t k = 0; k < m.content.size(); ++k)
            if (!std::holds_alternative<text_part>(m.content[k])) drops.lost(all.item(i).of<&message::content>().item(k));
        const std::string text = m.text();
        if (text.empty()) continue;
        if (m.from == role::system || m.from == role::developer) {
            c.system.append(c.system.empty() ? "" : "\n\n").append(text);
            continue;
        }
        const role from = m.from == role::assistant ? role::assistant : role::user;
        if (!c.turns.empty() && c.turns.back().from == from) c.turns.back().text.append("\n\n").append(text);
        else c.turns.emplace_back(from, text);
    }
    return c;
}

/// The marks around the turns of Llama 3 and 4, which differ in their words.
LLMX_DECL void write_llama_prompt(const prompted_conversation& c, std::string_view open, std::string_view close, std::string_view end, std::string& out) {
    const auto turn = [&](std::string_view who) { out.append(open).append(who).append(close).append("\n\n"); };
    out += "<|begin_of_text|>";
    if (!c.system.empty()) {
        turn("system");
        out.append(c.system).append(end);
    }
    for (const prompted_turn& t : c.turns) {
        turn(t.from == role::assistant ? "assistant" : "user");
        out += t.text;
        // An answer that was begun is continued.
        if (&t == &c.turns.back() && t.from == role::assistant) return;
        out += end;
    }
    turn("assistant");
}

/// The form of Llama 2 and Mistral: `[INST]` around a user's turn.
LLMX_DECL void write_inst_prompt(const prompted_conversation& c, bool llama, std::string& out) {
    std::string system;
    if (!c.system.empty()) system = llama ? "<<SYS>>\n" + c.system + "\n<</SYS>>\n\n" : c.system + "\n\n";
    bool first = true;
    for (const prompted_turn& t : c.turns) {
        if (t.from == role::user) {
            if (first || llama) out += "<s>";
            out.append("[INST] ").append(system).append(t.text).append(" [/INST]");
            system.clear();
            first = false;
            continue;
        }
        if (first) out += "<s>";
        first = false;
        out.append(" ").append(t.text);
        if (&t != &c.turns.back()) out += llama ? " </s>" : "</s>";
    }
}

LLMX_DECL void write_named_prompt(const prompted_conversation& c, std::string_view answers, bool always, std::string& out) {
    if (!c.system.empty()) out.append(c.system).append("\n\n");
    if (c.turns.size() == 1 && !always) {
        out += c.turns.front().text;
        return;
    }
    for (const prompted_turn& t : c.turns) {
        out.append(t.from == role::assistant ? answers : std::string_view("User")).append(": ").append(t.text);
        if (&t == &c.turns.back() && t.from == role::assistant) return;
        out += '\n';
    }
    out.append(answers).append(":");
}

LLMX_DECL [[nodiscard]] std::string prompt_text(const prompted_conversation& c, prompt_template by) {
    std::string out;
    switch (by) {
    case prompt_template::plain: write_named_prompt(c, "Assistant", false, out); break;
    case prompt_template::titan: write_named_prompt(c, "Bot", true, out); break;
    case prompt_template::llama2: write_inst_prompt(c, true, out); break;
    case prompt_template::llama3: write_llama_prompt(c, "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", out); break;
    case prompt_template::llama4: write_llama_prompt(c, "<|header_start|>", "<|header_end|>", "<|eot|>", out); break;
    case prompt_template::mistral: write_inst_prompt(c, false, out); break;
    }
    return out;
}

/// Writes `message`, the turns before it and the system prompt, in Cohere's first version.
LLMX_DECL void write_prompt_history(json_writer& w, const prompted_conversation& c) {
    w.member("message", c.turns.back().text);
    if (!c.system.empty()) w.member("preamble", c.system);
    if (c.turns.size() == 1) return;
    w.key("chat_history").array();
    for (const prompted_turn& t : c.turns)
        if (&t != &c.turns.back()) w.object().member("role", t.from == role::assistant ? "CHATBOT" : "USER").member("message", t.text).end_object();
    w.end_array();
}

LLMX_DECL result<void> prompted_encode(const chat_request& request, const encode_options& options, const prompted_form& form, prompt_template by,
                                       std::string_view codec, std::string& out, drop_report& drops) {
    const request_place at, messages = at.of<&chat_request::messages>();
    const prompted_conversation c = prompted_read(request, drops);
    if (c.turns.empty()) return drops.refuse(messages, "expected a message with a text");
    if (form.has_history && c.turns.back().from == role::assistant)
        return drops.refuse(messages.item(request.messages.size() - 1), "the last message must be the user's for this model");
    report_fields(&request, prompted_fields.view(), at, drops);
    json_writer w(out);
    w.object();
    if (form.has_history) write_prompt_history(w, c);
    else w.member(form.prompt, prompt_text(c, by));
    if (!form.parameters.empty()) w.key(form.parameters).object();
    if (const auto limit = fit_output_limit(request, options.traits, drops)) w.member(form.limit, *limit);
    if (request.temperature) w.member(form.temperature, *request.temperature);
    if (request.top_p) w.member(form.top_p, *request.top_p);
    if (request.top_k && form.top_k.empty()) drops.hint(at.of<&chat_request::top_k>());
    else if (request.top_k) w.member(form.top_k, *request.top_k);
    if (request.seed && form.seed.empty()) drops.hint(at.of<&chat_request::seed>());
    else if (request.seed) w.member(form.seed, *request.seed);
    if (!request.stop.empty() && form.stop.empty()) {
        drops.lost(at.of<&chat_request::stop>());
    } else if (!request.stop.empty()) {
        w.key(form.stop).array();
        for (const std::string& s : request.stop) w.value(s);
        w.end_array();
    }
    static_cast<void>(scan_json_members(form.always, [&w](const json_member& m) { w.raw_member(m.key, m.value); }));
    if (!form.parameters.empty()) w.end_object();
    if (form.names_stream && options.stream.value_or(request.stream)) w.member("stream", true);
    w.extra(request.extra, codec).end_object();
    drops.foreign(request.extra, codec, at);
    return success();
}

/// What is found in an answer.
struct prompted_answer {
    std::optional<std::string> text;
    std::string reason;
    /// JSON text of the model's own failure.
    std::string_view failure;
    std::int64_t input = 0, output = 0;
    bool counted = false, ended = false;

    void count(std::int64_t& to, std::string_view value) {
        if (const auto n = json_count(value)) {
            to = *n;
            counted = true;
        }
    }
};

/// Reads the members of \p json, and those of the objects and of the first item of the lists in which the vendors have them.
LLMX_DECL void prompted_read_answer(std::string_view json, prompted_answer& a, int depth) {
    static_cast<void>(scan_json_members(json, [&a, depth](const json_member& m) {
        const bool text = is_json_string(m.value);
        if (m.named("outputText") || m.named("generation") || m.named("generated_text") || m.named("text")) {
            // Of a stream of Text Generation Inference this is the whole answer again.
            if (m.named("generated_text") && a.text && depth == 0) a.ended = a.ended || text;
            else if (text) a.text = unescape_json_string(m.value);
            if (m.named("generated_text") && text) a.ended = true;
        } else if (m.named("completionReason") || m.named("stop_reason") || m.named("finish_reason")) {
            if (text) a.reason = unescape_json_string(m.value);
        } else if (m.named("inputTextTokenCount") || m.named("prompt_token_count") || m.named("inputTokenCount")) {
            a.count(a.input, m.value);
        } else if (m.named("tokenCount") || m.named("totalOutputTextTokenCount") || m.named("generation_token_count") ||
                   m.named("outputTokenCount") || m.named("generated_tokens")) {
            a.count(a.output, m.value);
        } else if (m.named("error")) {
            if (!is_json_null(m.value)) a.failure = m.value;
        } else if (depth < 2 && (m.named("results") || m.named("outputs") || m.named("generations")) && m.value.starts_with('[')) {
            bool first = true;
            static_cast<void>(scan_json_elements(m.value, [&a, &first, depth](const json_member& e) {
                if (first && e.value.starts_with('{')) prompted_read_answer(e.value, a, depth + 1);
                first = false;
            }));
        } else if (depth < 2 && m.value.starts_with('{') && (m.named("details") || m.named("amazon-bedrock-invocationMetrics"))) {
            prompted_read_answer(m.value, a, depth + 1);
        } else if (depth == 0 && m.value.starts_with('{') && m.named("token")) {
            // `special` tokens are not of the answer.
            prompted_answer token;
            bool special = false;
            static_cast<void>(scan_json_members(m.value, [&special](const json_member& n) { special = special || (n.named("special") && is_true(n.value)); }));
            prompted_read_answer(m.value, token, 2);
            a.text = special ? std::string() : std::move(token.text).value_or(std::string());
        }
    }));
}

/// OpenAI's word for the reasons of all of them.
LLMX_DECL [[nodiscard]] std::string_view prompted_reason(std::string_view reason) noexcept {
    for (const std::string_view longest : {"LENGTH", "MAX_TOKENS", "max_tokens"})
        if (equals_ignoring_case(reason, longest)) return "length";
    for (const std::string_view filtered : {"CONTENT_FILTERED", "ERROR_TOXIC", "content_filter"})
        if (equals_ignoring_case(reason, filtered)) return "content_filter";
    return equals_ignoring_case(reason, "ERROR") ? "error" : "stop";
}

/// The object that an answer is: a server for several inputs has a list of one.
LLMX_DECL [[nodiscard]] std::string_view prompted_object(std::string_view json) {
    const std::size_t first = json.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || json[first] != '[') return json;
    std::string_view found;
    static_cast<void>(scan_json_elements(json.substr(first), [&found](const json_member& e) {
        if (found.empty()) found = e.value;
    }));
    return found;
}

LLMX_DECL result<std::string> prompted_to_openai(std::string_view json, bool chunk) {
    const std::string_view object = prompted_object(json);
    if (const result<void> whole = scan_json_members(object, [](const json_member&) {}); !whole)
        return error(errc::bad_response, "the answer is not a JSON object");
    prompted_answer a;
    prompted_read_answer(object, a, 0);
    std::string out;
    json_writer w(out);
    w.object();
    if (!a.failure.empty()) {
        // Text Generation Inference has the sentence alone.
        if (is_json_string(a.failure)) w.key("error").object().raw_member("message", a.failure).end_object();
        else w.raw_member("error", a.failure);
        w.end_object();
        return out;
    }
    if (!chunk && !a.text) return error(errc::bad_response, "the answer has no text");
    const bool ends = !chunk || !a.reason.empty() || a.ended;
    w.key("choices").array();
    if (a.text || ends) {
        w.object().member("index", 0).key(chunk ? "delta" : "message").object().member("role", "assistant");
        w.member("content", a.text.value_or(std::string())).end_object();
        if (ends) w.member("finish_reason", prompted_reason(a.reason));
        w.end_object();
    }
    w.end_array();
    // Llama counts the prompt in its first chunk, Bedrock both in the last one.
    if (a.counted && (!chunk || a.input != 0)) w.key("usage").object().member("prompt_tokens", a.input).member("completion_tokens", a.output).end_object();
    w.end_object();
    return out;
}

LLMX_DECL usage prompted_usage(std::string_view json) {
    prompted_answer a;
    prompted_read_answer(prompted_object(json), a, 0);
    usage u;
    u.input_tokens = a.input;
    u.output_tokens = a.output;
    return u;
}

LLMX_DECL bool prompted_holds_answer(std::string_view json) noexcept {
    for (const std::string_view name : {"outputText", "generation", "generated_text", "text"})
        if (any_json_member(json, name, [json](std::size_t value) { return json[value] == '"'; })) return true;
    return false;
}

} // namespace llmx::inline LLMX_ABI::detail
