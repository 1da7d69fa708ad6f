// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

std::string body(const std::string& messages, const std::string& rest = std::string()) {
    return R"({"model":"m","max_tokens":9,"messages":)" + messages + rest + "}";
}
/// \p message n times, and a question behind them.
std::string turns(std::size_t n, std::string_view message) {
    return body("[" + times(n, message) + R"(,{"role":"user","content":"go on"}])");
}
std::string user(const std::string& parts) {
    return body(R"([{"role":"user","content":)" + parts + "}]");
}
std::string assistant(const std::string& members) {
    return body(R"([{"role":"user","content":"q"},{"role":"assistant",)" + members + R"(},{"role":"user","content":"go on"}])");
}
constexpr std::string_view result_of = R"({"role":"tool","tool_call_id":"c@","content":"r"})";
constexpr std::string_view call_of = R"({"id":"c@","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}})";

} // namespace

std::string openai_with_schema(const std::string& schema) {
    return body(R"([{"role":"user","content":"q"}])",
                R"(,"tools":[{"type":"function","function":{"name":"f","parameters":)" + schema +
                    R"(}}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":)" + schema + "}}");
}

const generators& openai_requests() {
    static const generators all{
        {"messages", [](std::size_t n) { return turns(n, R"({"role":"user","content":"a"},{"role":"assistant","content":"b"})"); }},
        {"messages of one role", [](std::size_t n) { return turns(n, R"({"role":"user","content":"a"})"); }},
        {"messages with names", [](std::size_t n) { return turns(n, R"({"role":"user","name":"u@","content":"a"})"); }},
        {"messages with unknown members", [](std::size_t n) { return turns(n, R"({"role":"user","content":"a","x":1})"); }},
        {"system messages", [](std::size_t n) { return turns(n, R"({"role":"system","content":"a"})"); }},
        {"system messages in between", [](std::size_t n) {
             return turns(n, R"({"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"system","content":"c"})");
         }},
        {"system parts", [](std::size_t n) {
             return body(R"([{"role":"system","content":)" + array_of(n, R"({"type":"text","text":"a"})") + R"(},{"role":"user","content":"q"}])");
         }},
        {"texts", [](std::size_t n) { return user(array_of(n, R"({"type":"text","text":"a"})")); }},
        {"cache hints", [](std::size_t n) {
             return user(array_of(n, R"({"type":"text","text":"a","cache_control":{"type":"ephemeral"}})"));
         }},
        {"unknown members of parts", [](std::size_t n) { return user(array_of(n, R"({"type":"text","text":"a","y":1})")); }},
        {"unknown parts", [](std::size_t n) { return user(array_of(n, R"({"type":"video","v":1})") ); }, true},
        {"images", [](std::size_t n) {
             return user(array_of(n, R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}})"));
         }},
        {"images by address", [](std::size_t n) {
             return user(array_of(n, R"({"type":"image_url","image_url":{"url":"https://h/@.png","detail":"low"}})"));
         }},
        {"sounds", [](std::size_t n) {
             return user(R"([{"type":"text","text":"a"},)" + times(n, R"({"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}})") + "]");
         }},
        {"files", [](std::size_t n) {
             return user(array_of(n, R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}})"));
         }},
        {"tools", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":)" + array_of(n, R"({"type":"function","function":{"name":"f@","parameters":{"type":"object","properties":{"a":{"type":"string"}}}}})"));
         }},
        {"tools with unknown members", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":)" + array_of(n, R"({"type":"function","x":1,"function":{"name":"f@"}})"));
         }},
        {"built-in tools", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":)" + array_of(n, R"({"type":"custom","custom":{"name":"f@"}})"));
         }},
        {"functions of old", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"functions":)" + array_of(n, R"({"name":"f@"})"));
         }},
        {"names of tools that do not fit", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":)" + array_of(n, R"({"type":"function","function":{"name":"f.@ !"}})"));
         }},
        {"names of calls that do not fit", [](std::size_t n) {
             return body(R"([{"role":"assistant","content":null,"tool_calls":)" +
                         array_of(n, R"({"id":"c@","type":"function","function":{"name":"f.@ !","arguments":"{}"}})") + "}," + times(n, result_of) + "]");
         }},
        {"calls and results", [](std::size_t n) {
             return body(R"([{"role":"assistant","content":null,"tool_calls":)" + array_of(n, call_of) + "}," + times(n, result_of) + "]");
         }},
        {"calls and results, backwards", [](std::size_t n) {
             std::string results;
             for (std::size_t i = n; i-- > 0;) results += "," + times(1, R"({"role":"tool","tool_call_id":"c)" + std::to_string(i) + R"(","content":"r"})");
             return body(R"([{"role":"assistant","content":null,"tool_calls":)" + array_of(n, call_of) + "}" + results + "]");
         }},
        {"calls and results in turns", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","content":null,"tool_calls":[{"id":"c@","type":"function","function":{"name":"f@","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c@","content":"r"})");
         }},
        {"calls of one id", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"r"})");
         }},
        {"calls without ids", [](std::size_t n) {
             return body(R"([{"role":"assistant","tool_calls":)" + array_of(n, R"({"id":"","type":"function","function":{"name":"f@","arguments":"{}"}})") + "}," +
                         times(n, R"({"role":"tool","tool_call_id":"","name":"f@","content":"r"})") + "]");
         }, true},
        {"calls without results", [](std::size_t n) {
             return assistant(R"("tool_calls":)" + array_of(n, R"({"id":"c@","type":"function","function":{"name":"f@","arguments":"{}"}})"));
         }},
        {"results without calls", [](std::size_t n) {
             return turns(n, R"({"role":"tool","tool_call_id":"c@","name":"f","content":"r"})");
         }},
        {"calls of old", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","function_call":{"name":"f@","arguments":"{}"}},{"role":"function","name":"f@","content":"r"})");
         }},
        {"calls of old without results", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","function_call":{"name":"f@","arguments":"{}"}},{"role":"function","name":"g","content":"r"})");
         }},
        {"calls of old, then results", [](std::size_t n) {
             return body("[" + times(n, R"({"role":"assistant","function_call":{"name":"f@","arguments":"{}"}})") + "," +
                         times(n, R"({"role":"function","name":"f@","content":"r"})") + "]");
         }},
        {"dropped arguments", [](std::size_t n) {
             return assistant(R"("tool_calls":)" + array_of(n, R"({"id":"c@","type":"function","function":{"name":"f","arguments":"no"}})"));
         }, true},
        {"custom calls", [](std::size_t n) {
             return assistant(R"("tool_calls":)" + array_of(n, R"({"id":"c@","type":"custom","custom":{"name":"f","input":"i"}})"));
         }, true},
        {"unknown members of calls", [](std::size_t n) {
             return assistant(R"("tool_calls":)" + array_of(n, R"({"id":"c@","z":1,"type":"function","function":{"name":"f","arguments":"{}","w":2}})"));
         }},
        {"pictures from tools", [](std::size_t n) {
             return body(R"([{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":)" +
                         array_of(n, R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}})") + "}]");
         }},
        {"thoughts", [](std::size_t n) {
             return assistant(R"("content":"a","thinking_blocks":)" + array_of(n, R"({"type":"thinking","thinking":"t","signature":"s@"})"));
         }},
        {"thoughts without signatures", [](std::size_t n) {
             return assistant(R"("content":"a","thinking_blocks":)" + array_of(n, R"({"type":"thinking","thinking":"t"})"));
         }},
        {"thoughts with empty signatures", [](std::size_t n) {
             return assistant(R"("content":"a","thinking_blocks":)" + array_of(n, R"({"type":"thinking","thinking":"t","signature":""})"));
         }},
        {"encrypted thoughts", [](std::size_t n) {
             return assistant(R"("content":"a","thinking_blocks":)" + array_of(n, R"({"type":"redacted_thinking","data":"d"})"));
         }},
        {"turns with thoughts", [](std::size_t n) {
             return turns(n, R"({"role":"assistant","content":"a","reasoning_content":"t"},{"role":"user","content":"b"})");
         }},
        {"refusals", [](std::size_t n) { return assistant(R"("content":)" + array_of(n, R"({"type":"refusal","refusal":"no"})")); }},
        {"citations", [](std::size_t n) {
             return assistant(R"("content":"a","annotations":)" + array_of(n, R"({"type":"url_citation","url_citation":{"url":"https://h/@","start_index":0,"end_index":1}})"));
         }},
        {"citations of nothing", [](std::size_t n) { return assistant(R"("content":"a","annotations":)" + array_of(n, "{}")); }},
        {"stop sequences", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"stop":)" + array_of(n, R"("s@")")); }},
        {"blank stop sequences", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"stop":)" + array_of(n, R"(" ")")); }},
        {"metadata", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"metadata":)" + object_of(n, R"("k@":"v")")); }},
        {"biases", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"logit_bias":)" + object_of(n, R"("@":1)")); }},
        {"unknown members", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", "," + times(n, R"("x@":1)")); }},
        {"members of one name", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", "," + times(n, R"("x":1)")); }},
        {"escaped names", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", "," + times(n, R"("\u006do@":1)")); }},
        {"long names", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", ",\"" + run(n, "name") + "\":1"); }},
        {"numbers", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"x":)" + array_of(n, "1")); }},
        {"nested arrays", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"x":)" + array_of(n / 20, run(100, "[") + run(100, "]")));
         }},
        {"nested objects", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"x":)" + array_of(n / 20, run(100, R"({"a":)") + "1" + run(100, "}")));
         }},
        {"too deep", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"x":)" + run(n, "[") + run(n, "]")); }, true},
        {"brackets", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", R"(,"x":)" + array_of(n, "{}")); }},
        {"a long text", [](std::size_t n) { return turns(1, R"({"role":"user","content":")" + run(n, "text ") + "\"}"); }},
        {"a long text with escapes", [](std::size_t n) { return turns(1, R"({"role":"user","content":")" + run(n, R"(\n\"\u00e9)") + "\"}"); }},
        {"a long text beyond ASCII", [](std::size_t n) { return turns(1, R"({"role":"user","content":")" + run(n, "é字") + "\"}"); }},
        {"a long text of quotes around names", [](std::size_t n) {
             return turns(1, R"({"role":"user","content":")" + run(n, R"(\"usage\":\"signature\":\"\")") + "\"}");
         }},
        {"blanks", [](std::size_t n) { return body(R"([{"role":"user","content":"q"}])", run(n, " \n")); }},
        {"empty signatures in arguments", [](std::size_t n) {
             return assistant(R"("tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{)" + times(n, R"(\"signature\":\"\")") + R"(}"}}])");
         }},
        {"a long id", [](std::size_t n) {
             const std::string id = run(n, "id!");
             return body(R"([{"role":"assistant","tool_calls":[{"id":")" + id + R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":")" + id + R"(","content":"r"}])");
         }},
        {"a long name of a tool", [](std::size_t n) {
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":[{"type":"function","function":{"name":")" + run(n, "name ") + "\"}}]");
         }},
        {"a broken body", [](std::size_t n) { return body("[" + times(n, R"({"role":"user","content":"a"})") + ",{]"); }, true},
        {"tools whose schemas double", [](std::size_t n) {
             std::string defs = R"("a9":{"type":"string"})";
             for (int i = 0; i < 9; ++i)
                 defs += ",\"a" + std::to_string(i) + R"(":{"type":"object","properties":{"l":{"$ref":"#/$defs/a)" + std::to_string(i + 1) + R"("},"r":{"$ref":"#/$defs/a)" + std::to_string(i + 1) + "\"}}}";
             return body(R"([{"role":"user","content":"q"}])", R"(,"tools":)" + array_of(n / 50, R"({"type":"function","function":{"name":"f","parameters":{"$ref":"#/$defs/a0","$defs":{)" + std::string(defs) + "}}}}"));
         }, true},
    };
    return all;
}

} // namespace growth
