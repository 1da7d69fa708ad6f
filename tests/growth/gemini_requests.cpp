// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

std::string body(const std::string& contents, const std::string& rest = std::string()) {
    return R"({"contents":)" + contents + rest + "}";
}
std::string turns(std::size_t n, std::string_view turn) {
    return body("[" + times(n, turn) + R"(,{"role":"user","parts":[{"text":"go on"}]}])", R"(,"generationConfig":{"maxOutputTokens":9})");
}
std::string user(const std::string& parts) { return body(R"([{"role":"user","parts":)" + parts + "}]"); }
std::string asked(const std::string& rest) { return body(R"([{"role":"user","parts":[{"text":"q"}]}])", rest); }
std::string model(const std::string& parts) {
    return body(R"([{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":)" + parts + R"(},{"role":"user","parts":[{"text":"go on"}]}])");
}
std::string calls_and_results(const std::string& calls, const std::string& results) {
    return body(R"([{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":)" + calls + R"(},{"role":"user","parts":)" + results + "}]");
}

} // namespace

std::string gemini_with_schema(const std::string& schema) {
    return asked(R"(,"tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":)" + schema + R"(},{"name":"g","parameters":)" + schema +
                 R"(}]}],"generationConfig":{"responseMimeType":"application/json","responseSchema":)" + schema + "}");
}

const generators& gemini_requests() {
    static const generators all{
        {"turns", [](std::size_t n) { return turns(n, R"({"role":"user","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"}]})"); }},
        {"turns of the user", [](std::size_t n) { return turns(n, R"({"role":"user","parts":[{"text":"a"}]})"); }},
        {"turns of the model", [](std::size_t n) { return turns(n, R"({"role":"model","parts":[{"text":"b"}]})"); }},
        {"turns with unknown members", [](std::size_t n) { return turns(n, R"({"role":"model","parts":[{"text":"b"}],"x":1})"); }},
        {"thoughts of the model in turns", [](std::size_t n) { return turns(n, R"({"role":"model","parts":[{"text":"b","thought":true}]})"); }},
        {"system parts", [](std::size_t n) { return asked(R"(,"systemInstruction":{"parts":)" + array_of(n, R"({"text":"a"})") + "}"); }},
        {"texts", [](std::size_t n) { return user(array_of(n, R"({"text":"a"})")); }},
        {"texts with signatures", [](std::size_t n) { return model(array_of(n, R"({"text":"a","thoughtSignature":"c2ln"})")); }},
        {"unknown members of parts", [](std::size_t n) { return user(array_of(n, R"({"text":"a","y":1})")); }},
        {"unknown parts", [](std::size_t n) { return user("[{\"text\":\"a\"}," + times(n, R"({"executableCode":{"code":"c"}})") + "]"); }},
        {"images", [](std::size_t n) { return user(array_of(n, R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}})")); }},
        {"files", [](std::size_t n) { return user("[{\"text\":\"a\"}," + times(n, R"({"fileData":{"mimeType":"application/pdf","fileUri":"https://h/@.pdf"}})") + "]"); }},
        {"tools", [](std::size_t n) {
             return asked(R"(,"tools":[{"functionDeclarations":)" + array_of(n, R"({"name":"f@","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING"}}}})") + "}]");
         }},
        {"tools one by one", [](std::size_t n) { return asked(R"(,"tools":)" + array_of(n, R"({"functionDeclarations":[{"name":"f@","x":1}]})")); }},
        {"built-in tools", [](std::size_t n) { return asked(R"(,"tools":)" + array_of(n, R"({"googleSearch":{}})")); }},
        {"names of tools that do not fit", [](std::size_t n) { return asked(R"(,"tools":[{"functionDeclarations":)" + array_of(n, R"({"name":"f.@ !"})") + "}]"); }},
        {"names of calls that do not fit", [](std::size_t n) { return model(array_of(n, R"({"functionCall":{"name":"f.@ !","args":{}}})")); }},
        {"calls and results", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"functionCall":{"name":"f@","args":{"a":1}}})"), array_of(n, R"({"functionResponse":{"name":"f@","response":{"result":"r"}}})"));
         }},
        {"calls and results by id", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"functionCall":{"id":"c@","name":"f","args":{}}})"), array_of(n, R"({"functionResponse":{"id":"c@","response":{"a":"r"}}})"));
         }},
        {"calls of one name", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"functionCall":{"name":"f","args":{}}})"), array_of(n, R"({"functionResponse":{"name":"f","response":{"a":"r"}}})"));
         }},
        {"calls and results in turns", [](std::size_t n) {
             return turns(n, R"({"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"user","parts":[{"functionResponse":{"name":"f","response":{}}}]})");
         }},
        {"calls without results", [](std::size_t n) { return model(array_of(n, R"({"functionCall":{"name":"f@","args":{}}})")); }},
        {"results without calls", [](std::size_t n) { return user(array_of(n, R"({"functionResponse":{"name":"f@","response":{}}})")); }},
        {"calls of one name, results of another", [](std::size_t n) {
             return calls_and_results(array_of(n, R"({"functionCall":{"name":"f","args":{}}})"), array_of(n, R"({"functionResponse":{"name":"g","response":{}}})"));
         }},
        {"calls with signatures", [](std::size_t n) { return model(array_of(n, R"({"functionCall":{"name":"f","args":{}},"thoughtSignature":"c2ln"})")); }},
        {"pictures from functions", [](std::size_t n) {
             return calls_and_results(R"([{"functionCall":{"name":"f","args":{}}}])",
                                      R"([{"functionResponse":{"name":"f","response":{},"parts":)" + array_of(n, R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}})") + "}}]");
         }},
        {"thoughts", [](std::size_t n) { return model(array_of(n, R"({"text":"t","thought":true,"thoughtSignature":"c2ln"})")); }},
        {"thoughts without signatures", [](std::size_t n) { return model(array_of(n, R"({"text":"t","thought":true},{"text":"u"})")); }},
        {"thoughts of others", [](std::size_t n) { return model(array_of(n, R"({"text":"t","thought":true,"thoughtSignature":"bGxteDo6YW50aHJvcGljX21lc3NhZ2VzOnM="})")); }, true},
        {"stop sequences", [](std::size_t n) { return asked(R"(,"generationConfig":{"stopSequences":)" + array_of(n, R"("s@")") + "}"); }},
        {"allowed names", [](std::size_t n) {
             return asked(R"(,"tools":[{"functionDeclarations":)" + array_of(n, R"({"name":"f@"})") +
                          R"(}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":)" + array_of(n, R"("f@")") + "}}");
         }},
        {"unknown members", [](std::size_t n) { return asked("," + times(n, R"("x@":1)")); }},
        {"unknown members of the config", [](std::size_t n) { return asked(R"(,"generationConfig":)" + object_of(n, R"("x@":1)")); }},
        {"members of one name", [](std::size_t n) { return asked("," + times(n, R"("x":1)")); }},
        {"arguments", [](std::size_t n) { return model(R"([{"functionCall":{"name":"f","args":)" + object_of(n, R"("a@":1)") + "}}]"); }},
        {"numbers", [](std::size_t n) { return asked(R"(,"x":)" + array_of(n, "1")); }},
        {"nested arrays", [](std::size_t n) { return asked(R"(,"x":)" + array_of(n / 20, run(100, "[") + run(100, "]"))); }},
        {"a long text with escapes", [](std::size_t n) { return user(R"([{"text":")" + run(n, R"(\n\"\u00e9)") + "\"}]"); }},
        {"a long name", [](std::size_t n) {
             return calls_and_results(R"([{"functionCall":{"name":")" + run(n, "name ") + R"(","args":{}}}])", R"([{"functionResponse":{"name":")" + run(n, "name ") + R"(","response":{}}}])");
         }},
    };
    return all;
}

} // namespace growth
