// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

std::string body(const std::string& messages, const std::string& rest = std::string()) {
    return R"({"model":"m","max_tokens":9,"messages":)" + messages + rest + "}";
}
std::string turns(std::size_t n, std::string_view message) {
    return body("[" + times(n, message) + R"(,{"role":"user","content":"go on"}])");
}
std::string user(const std::string& blocks) { return body(R"([{"role":"user","content":)" + blocks + "}]"); }
std::string asked(const std::string& rest) { return body(R"([{"role":"user","content":"q"}])", rest); }
std::string assistant(const std::string& blocks) {
    return body(R"([{"role":"user","content":"q"},{"role":"assistant","content":)" + blocks + R"(},{"role":"user","content":"go on"}])");
}
std::string calls_and_results(const std::string& calls, const std::string& results) {
    return body(R"([{"role":"assistant","content":)" + calls + R"(},{"role":"user","content":)" + results + "}]");
}

} // namespace

std::string anthropic_with_schema(const std::string& schema) {
    return asked(R"(,"tools":[{"name":"f","input_schema":)" + schema + R"(}],"output_config":{"format":{"type":"json_schema","schema":)" + schema + "}}");
}

const generators& anthropic_requests() {
    static const generators all{
        {"messages", [](std::size_t n) { return turns(n, R"({"role":"user","content":"a"},{"role":"assistant","content":"b"})"); }},
        {"messages of one role", [](std::size_t n) { return turns(n, R"({"role":"user","content":"a"})"); }},
        {"messages with unknown members", [](std::size_t n) { return turns(n, R"({"role":"assistant","content":"a","x":1})"); }},
        {"system messages", [](std::size_t n) { return turns(n, R"({"role":"system","content":"a"},{"role":"assistant","content":"b"})"); }},
        {"system parts", [](std::size_t n) { return asked(R"(,"system":)" + array_of(n, R"({"type":"text","text":"a"})")); }},
        {"texts", [](std::size_t n) { return user(array_of(n, R"({"type":"text","text":"a"})")); }},
        {"cache hints", [](std::size_t n) { return user(array_of(n, R"({"type":"text","text":"a","cache_control":{"type":"ephemeral"}})")); }},
        {"cache hints of the prompt", [](std::size_t n) {
             return asked(R"(,"system":)" + array_of(n, R"({"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}})"));
         }},
        {"unknown members of blocks", [](std::size_t n) { return user(array_of(n, R"({"type":"text","text":"a","y":1})")); }},
        {"images", [](std::size_t n) {
             return user(array_of(n, R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}})"));
         }},
        {"images by address", [](std::size_t n) { return user(array_of(n, R"({"type":"image","source":{"type":"url","url":"https://h/@.png"}})")); }},
        {"documents", [](std::size_t n) {
             return user(array_of(n, R"({"type":"document","title":"t","source":{"type":"content","content":[{"type":"text","text":"a"}]}})"));
         }},
        {"one document of many blocks", [](std::size_t n) {
             return user(R"([{"type":"document","source":{"type":"content","content":)" + array_of(n, R"({"type":"text","text":"a"})") + "}}]");
         }},
        {"tools", [](std::size_t n) { return asked(R"(,"tools":)" + array_of(n, R"({"name":"f@","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}})")); }},
        {"tools with hints", [](std::size_t n) {
             return asked(R"(,"tools":)" + array_of(n, R"({"name":"f@","input_schema":{},"cache_control":{"type":"ephemeral"},"x":1})"));
         }},
        {"built-in tools", [](std::size_t n) { return asked(R"(,"tools":)" + array_of(n, R"({"type":"web_search_20250305","name":"web_search"})")); }},
        {"names of tools that do not fit", [](std::size_t n) { return asked(R"(,"tools":)" + array_of(n, R"({"name":"f.@ !","input_schema":{}})")); }},
        {"names of calls that do not fit", [](std::size_t n) {
             return assistant(array_of(n, R"({"type":"tool_use","id":"c@","name":"f.@ !","input":{}})"));
         }},
        {"calls and results", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"type":"tool_use","id":"c@","name":"f","input":{"a":1}})"),
                                      array_of(n, R"({"type":"tool_result","tool_use_id":"c@","content":"r"})"));
         }},
        {"calls and results in turns", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","content":[{"type":"tool_use","id":"c@","name":"f@","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c@","content":[{"type":"text","text":"r"}]}]})");
         }},
        {"calls of one id", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"type":"tool_use","id":"c","name":"f","input":{}})"),
                                      array_of(n, R"({"type":"tool_result","tool_use_id":"c","content":"r"})"));
         }},
        {"calls without results", [](std::size_t n) { return assistant(array_of(n, R"({"type":"tool_use","id":"c@","name":"f@","input":{}})")); }},
        {"results without calls", [](std::size_t n) { return user(array_of(n, R"({"type":"tool_result","tool_use_id":"c@","content":"r"})")); }, true},
        {"failed results", [](std::size_t n) {
             return calls_and_results(R"([{"type":"tool_use","id":"c","name":"f","input":{}}])",
                                      array_of(n, R"({"type":"tool_result","tool_use_id":"c","is_error":true,"content":"r","cache_control":{"type":"ephemeral"}})"));
         }},
        {"pictures from tools", [](std::size_t n) {
             return calls_and_results(R"([{"type":"tool_use","id":"c","name":"f","input":{}}])",
                                      R"([{"type":"tool_result","tool_use_id":"c","content":)" +
                                          array_of(n, R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}})") + "}]");
         }},
        {"thoughts", [](std::size_t n) { return assistant(array_of(n, R"({"type":"thinking","thinking":"t","signature":"s@"})")); }},
        {"thoughts of others", [](std::size_t n) { return assistant(array_of(n, R"({"type":"thinking","thinking":"t","signature":"llmx::gemini_generate:s"})")); }, true},
        {"thoughts with empty signatures", [](std::size_t n) { return assistant(array_of(n, R"({"type":"thinking","thinking":"t","signature":""})")); }},
        {"turns with thoughts", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"a"}]},{"role":"user","content":"b"})");
         }},
        {"encrypted thoughts", [](std::size_t n) { return assistant(array_of(n, R"({"type":"redacted_thinking","data":"d"})")); }},
        {"signatures of calls", [](std::size_t n) {
             return assistant(array_of(n, R"({"type":"thinking","thinking":"","signature":"call-signature:s@"},{"type":"tool_use","id":"c@","name":"f","input":{}})"));
         }},
        {"signatures of no calls", [](std::size_t n) {
             return assistant(array_of(n, R"({"type":"thinking","thinking":"","signature":"call-signature:s@"})"));
         }},
        {"signatures of one call", [](std::size_t n) {
             return assistant("[" + times(n, R"({"type":"thinking","thinking":"t","signature":"call-signature:s@"})") + R"(,{"type":"tool_use","id":"c","name":"f","input":{}}])");
         }},
        {"citations", [](std::size_t n) {
             return assistant(R"([{"type":"text","text":"a","citations":)" +
                              array_of(n, R"({"type":"web_search_result_location","url":"https://h/@","title":"t","cited_text":"q","encrypted_index":"e"})") + "}]");
         }},
        {"texts with citations", [](std::size_t n) {
             return assistant(array_of(n, R"({"type":"text","text":"a","citations":[{"type":"char_location","cited_text":"q","document_index":0}]})"));
         }},
        {"citations of nothing", [](std::size_t n) { return assistant(R"([{"type":"text","text":"a","citations":)" + array_of(n, "{}") + "}]"); }},
        {"blocks of its own", [](std::size_t n) { return assistant(array_of(n, R"({"type":"server_tool_use","id":"s@","name":"web_search","input":{}})")); }},
        {"stop sequences", [](std::size_t n) { return asked(R"(,"stop_sequences":)" + array_of(n, R"("s@")")); }},
        {"metadata", [](std::size_t n) { return asked(R"(,"metadata":)" + object_of(n, R"("k@":"v")")); }},
        {"unknown members", [](std::size_t n) { return asked("," + times(n, R"("x@":1)")); }},
        {"members of one name", [](std::size_t n) { return asked("," + times(n, R"("x":1)")); }},
        {"numbers", [](std::size_t n) { return asked(R"(,"x":)" + array_of(n, "1")); }},
        {"nested arrays", [](std::size_t n) { return asked(R"(,"x":)" + array_of(n / 20, run(100, "[") + run(100, "]"))); }},
        {"brackets in arguments", [](std::size_t n) { return assistant(R"([{"type":"tool_use","id":"c","name":"f","input":{"a":)" + array_of(n, "{}") + "}}]"); }},
        {"empty signatures in arguments", [](std::size_t n) {
             return assistant(R"([{"type":"tool_use","id":"c","name":"f","input":{"a":)" + array_of(n, R"({"signature":""})") + "}}]");
         }},
        {"signatures in arguments", [](std::size_t n) {
             return assistant(R"([{"type":"tool_use","id":"c","name":"f","input":{"a":)" + array_of(n, R"({"signature" :  0})") + "}}]");
         }},
        {"empty signatures before a thought", [](std::size_t n) {
             return assistant(R"([{"type":"tool_use","id":"c","name":"f","input":{"a":)" + array_of(n, R"({"signature":""})") + R"(}},{"type":"thinking","thinking":"t","signature":"s"}])");
         }},
        {"a long text with escapes", [](std::size_t n) { return turns(1, R"({"role":"user","content":")" + run(n, R"(\n\"\u00e9)") + "\"}"); }},
        {"a long text of names", [](std::size_t n) { return turns(1, R"({"role":"user","content":")" + run(n, R"(\"signature\":\"\")") + "\"}"); }},
        {"a long id", [](std::size_t n) {
             const std::string id = run(n, "id!");
             return calls_and_results(R"([{"type":"tool_use","id":")" + id + R"(","name":"f","input":{}}])", R"([{"type":"tool_result","tool_use_id":")" + id + R"(","content":"r"}])");
         }},
        {"blank text at the end", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"},)" + times(n, R"({"role":"assistant","content":[{"type":"text","text":"a "}]},{"role":"system","content":"c"})") + "]");
         }},
    };
    return all;
}

} // namespace growth
