// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace openai_responses_test {

inline boost::json::value json(std::string_view text) {
    return boost::json::parse(boost::json::string_view(text.data(), text.size()));
}
inline std::string text_of(const boost::json::value& v) { return boost::json::serialize(v); }

inline llmx::result<llmx::chat_request> decode(std::string_view body) {
    return llmx::openai_responses::decode_request(body, llmx::request_target());
}

template <class D> std::string encode_in(const llmx::chat_request& request, llmx::drop_report& drops) {
    llmx::encode_options options;
    options.model = "m";
    options.traits.reasoning = llmx::model_traits::reasoning_style::effort;
    options.traits.native_json_schema = true;
    options.traits.allowed_tools = true;
    std::string out;
    const auto done = D::encode_request(request, options, out, drops);
    if (done.has_error()) throw llmx::call_failed(done.error());
    return out;
}
inline std::string encode(const llmx::chat_request& request) {
    llmx::drop_report drops;
    return encode_in<llmx::openai_responses>(request, drops);
}
/// What of a request has no equivalent and is no hint.
inline std::vector<std::string> losses(const llmx::drop_report& drops, const llmx::chat_request& request) {
    std::vector<std::string> names;
    for (const auto& d : drops.entries())
        if (!d.hint) names.push_back(llmx::openai_responses::caller_path(d.at, request));
    return names;
}

/// A request as Codex sends it, shortened.
inline constexpr std::string_view codex_request = R"({"model":"gpt-5-codex","instructions":"You are Codex.","input":[
    {"type":"message","role":"developer","content":[{"type":"input_text","text":"<permissions>"}]},
    {"type":"message","role":"user","content":[{"type":"input_text","text":"list files"}]},
    {"type":"reasoning","summary":[{"type":"summary_text","text":"think"}],"encrypted_content":"llmx::gemini_generate:c2ln"},
    {"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"call_1"},
    {"type":"function_call","name":"list","namespace":"mcp__files","arguments":"{}","call_id":"call_2"},
    {"type":"custom_tool_call","call_id":"call_3","name":"apply_patch","input":"*** Begin Patch"},
    {"type":"function_call_output","call_id":"call_1","output":"a.txt"},
    {"type":"function_call_output","call_id":"call_2","output":[{"type":"input_text","text":"b.txt"},{"type":"input_image",
        "image_url":"data:image/png;base64,iVBORw0KGgo=","detail":"high"}]},
    {"type":"custom_tool_call_output","call_id":"call_3","output":"done"},
    {"type":"message","role":"user","content":[{"type":"input_text","text":"go on"}]}],
    "tools":[{"type":"function","name":"shell","description":"Runs a command","strict":false,"parameters":{"type":"object",
        "properties":{"command":{"type":"array","items":{"type":"string"}}},"required":["command"]}},
    {"type":"custom","name":"apply_patch","description":"Edits files","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
    {"type":"namespace","name":"mcp__files","description":"Files","tools":[{"type":"function","name":"list","description":"Lists","strict":false,
        "parameters":{"type":"object","properties":{}}},{"type":"function","name":"read","strict":false,"parameters":{"type":"object","properties":{}}}]},
    {"type":"web_search","external_web_access":false}],
    "tool_choice":"auto","parallel_tool_calls":false,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"stream":true,
    "include":["reasoning.encrypted_content"],"prompt_cache_key":"k","client_metadata":{"x-codex-installation-id":"i"},"text":{"verbosity":"low"}})";

} // namespace openai_responses_test
