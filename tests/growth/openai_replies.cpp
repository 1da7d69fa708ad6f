// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

std::string choice(const std::string& message, const std::string& rest = std::string()) {
    return R"({"id":"i","model":"m","choices":[{"index":0,"message":{"role":"assistant",)" + message + R"(},"finish_reason":"stop")" + rest +
           R"(}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}})";
}
/// A chunk for each repetition of the choice, then the end.
std::string chunks(std::size_t n, std::string_view of_choice, std::string_view before = {}) {
    return std::string(before) + times(n, R"(data: {"id":"i","model":"m","choices":[)" + std::string(of_choice) + "]}\n\n", "") +
           R"(data: {"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}})" +
           "\n\ndata: [DONE]\n\n";
}
std::string delta(std::string_view members) { return R"({"index":0,"delta":{)" + std::string(members) + "}}"; }
/// One chunk with all of \p deltas, a list of choices.
std::string one_chunk(const std::string& choices) {
    return R"(data: {"id":"i","model":"m","choices":)" + choices + "}\n\n" + R"(data: {"id":"i","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})" +
           "\n\ndata: [DONE]\n\n";
}

} // namespace

const generators& openai_replies() {
    static const generators all{
        {"choices", [](std::size_t n) {
             return R"({"id":"i","choices":)" + array_of(n, R"({"index":@,"message":{"content":"a"},"finish_reason":"stop"})") + "}";
         }},
        {"choices of one index", [](std::size_t n) {
             return R"({"id":"i","choices":)" + array_of(n, R"({"index":0,"message":{"content":"a"},"finish_reason":"stop"})") + "}";
         }},
        {"parts", [](std::size_t n) { return choice(R"("content":)" + array_of(n, R"({"type":"text","text":"a"})")); }},
        {"refusals", [](std::size_t n) { return choice(R"("content":)" + array_of(n, R"({"type":"refusal","refusal":"a"})")); }},
        {"thoughts", [](std::size_t n) { return choice(R"("content":"a","thinking_blocks":)" + array_of(n, R"({"type":"thinking","thinking":"t","signature":"s"})")); }},
        {"unknown parts", [](std::size_t n) { return choice(R"("content":)" + array_of(n, R"({"type":"x"})")); }},
        {"calls", [](std::size_t n) { return choice(R"("content":null,"tool_calls":)" + array_of(n, R"({"id":"c@","function":{"name":"f@","arguments":"{}"}})")); }},
        {"calls without ids", [](std::size_t n) { return choice(R"("content":null,"tool_calls":)" + array_of(n, R"({"function":{"name":"f","arguments":"no"}})")); }},
        {"calls with signatures", [](std::size_t n) {
             return choice(R"("content":null,"tool_calls":)" + array_of(n, R"({"id":"c@","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}})"));
         }},
        {"custom calls", [](std::size_t n) { return choice(R"("content":null,"tool_calls":)" + array_of(n, R"({"id":"c@","type":"custom","custom":{"name":"f","input":"i"}})")); }},
        {"citations", [](std::size_t n) {
             return choice(R"("content":"aé","annotations":)" + array_of(n, R"({"type":"url_citation","url_citation":{"url":"https://h/@","title":"t","start_index":0,"end_index":2}})"));
         }},
        {"citations of a long text", [](std::size_t n) {
             return choice(R"("content":")" + run(n, "é") + R"(","annotations":)" + array_of(n, R"({"type":"url_citation","url_citation":{"url":"https://h/","start_index":@,"end_index":@}})"));
         }},
        {"citations of nothing", [](std::size_t n) { return choice(R"("content":"a","annotations":)" + array_of(n, "{}")); }},
        {"images", [](std::size_t n) { return choice(R"("content":"a","images":)" + array_of(n, R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}})")); }},
        {"probabilities", [](std::size_t n) {
             return choice(R"("content":"a")", R"(,"logprobs":{"content":)" + array_of(n, R"({"token":"a","logprob":-1,"bytes":null,"top_logprobs":[{"token":"b","logprob":-2}]})") + "}");
         }},
        {"unknown members", [](std::size_t n) { return choice(R"("content":"a",)" + times(n, R"("x@":1)")); }},
        {"members of usage", [](std::size_t n) { return R"({"choices":[],"usage":)" + object_of(n, R"("x@":1)") + "}"; }},
        {"a usage in a usage", [](std::size_t n) {
             return R"({"choices":[],)" + run(100, R"("x_groq":{)") + R"("x":)" + array_of(n, "1") + run(100, "}") + "}";
         }},
        {"arguments", [](std::size_t n) { return choice(R"("tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\"a\":[)" + times(n, R"(\"é\")") + R"(]}"}}])"); }},
        {"a long text", [](std::size_t n) { return choice(R"("content":")" + run(n, R"(a\n\"字)") + "\""); }},
    };
    return all;
}

const generators& openai_streams() {
    static const generators all{
        {"texts", [](std::size_t n) { return chunks(n, delta(R"("content":"a")")); }},
        {"texts in one chunk", [](std::size_t n) { return one_chunk(array_of(n, delta(R"("content":"a")"))); }},
        {"a long text", [](std::size_t n) { return chunks(1, delta(R"("content":")" + run(n, R"(a\n字)") + "\"")); }},
        {"thoughts", [](std::size_t n) { return chunks(n, delta(R"("reasoning_content":"a")")); }},
        {"thoughts with signatures", [](std::size_t n) { return chunks(n, delta(R"("thinking_blocks":[{"type":"thinking","thinking":"t","signature":"s"}])")); }},
        {"thoughts and texts", [](std::size_t n) { return chunks(n, delta(R"("reasoning_content":"a","content":"b")")); }},
        {"choices", [](std::size_t n) { return chunks(n / 100, times(100, R"({"index":@,"delta":{"content":"a"}})")); }, true},
        {"choices without end", [](std::size_t n) { return one_chunk(array_of(n, R"({"index":@,"delta":{"content":"a"}})")); }, true},
        {"calls", [](std::size_t n) { return chunks(n / 2, delta(R"("tool_calls":[{"index":@,"id":"c@","function":{"name":"f","arguments":"{}"}}])")); }, true},
        {"calls without an index", [](std::size_t n) { return chunks(n / 2, delta(R"("tool_calls":[{"id":"c@","function":{"name":"f","arguments":"{}"}}])")); }, true},
        {"calls in one chunk", [](std::size_t n) {
             return one_chunk("[" + delta(R"("tool_calls":)" + array_of(n / 2, R"({"index":@,"id":"c@","function":{"name":"f","arguments":"{}"}})")) + "]");
         }, true},
        {"calls begun, then their arguments", [](std::size_t n) {
             return one_chunk("[" + delta(R"("tool_calls":)" + array_of(n / 2, R"({"index":@,"id":"c@","function":{"name":"f","arguments":"{\"a\":"}})")) + "," +
                              delta(R"("tool_calls":)" + array_of(n / 2, R"({"index":@,"function":{"arguments":"1}"}})")) + "]");
         }, true},
        {"arguments of parallel calls in turns", [](std::size_t n) {
             const std::size_t calls = n / 4;
             const std::string round = delta(R"("tool_calls":)" + array_of(calls, R"({"index":@,"function":{"arguments":"1,"}})"));
             return one_chunk("[" + delta(R"("tool_calls":)" + array_of(calls, R"({"index":@,"id":"c@","function":{"name":"f","arguments":"{\"a\":["}})")) + "," + round + "," + round +
                              "," + delta(R"("tool_calls":)" + array_of(calls, R"({"index":@,"function":{"arguments":"1]}"}})")) + "]");
         }, true},
        {"pieces of arguments", [](std::size_t n) {
             return chunks(n, delta(R"("tool_calls":[{"index":0,"function":{"arguments":"1,"}}])"),
                           R"(data: {"id":"i","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":["}}]}}]})"
                           "\n\n");
         }, true},
        {"a call that never ends before others", [](std::size_t n) {
             return one_chunk("[" + delta(R"("tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{\"a\":\")" + run(n, "a") + "\"}}]") + "," +
                              delta(R"("tool_calls":)" + array_of(n / 2, R"({"index":1@,"id":"d@","function":{"name":"f","arguments":"{}"}})")) + "]");
         }, true},
        {"pieces of custom calls", [](std::size_t n) {
             return chunks(n, delta(R"("tool_calls":[{"index":0,"id":"c","type":"custom","custom":{"input":"i"}}])"));
         }},
        {"pieces of a call of old", [](std::size_t n) { return chunks(n, delta(R"("function_call":{"name":"f","arguments":"{}"})")); }, true},
        {"citations", [](std::size_t n) {
             return chunks(n, delta(R"("content":"é","annotations":[{"type":"url_citation","url_citation":{"url":"https://h/@","start_index":@,"end_index":@}}])"));
         }},
        {"citations in one chunk", [](std::size_t n) {
             return one_chunk("[" + delta(R"("content":"a","annotations":)" + array_of(n, R"({"type":"url_citation","url_citation":{"url":"https://h/@"}})")) + "]");
         }},
        {"probabilities", [](std::size_t n) { return chunks(n, R"({"index":0,"delta":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1,"top_logprobs":[]}]}})"); }},
        {"sounds", [](std::size_t n) { return chunks(n, delta(R"("audio":{"id":"a","data":"UklG"})")); }},
        {"images", [](std::size_t n) { return chunks(n, delta(R"("images":[{"type":"image_url","image_url":{"url":"u"}}])")); }},
        {"a long id", [](std::size_t n) {
             return chunks(n / 10, delta(R"("content":"a")"), R"(data: {"id":")" + run(n, "id") + R"(","model":")" + run(n, "m") + R"(","choices":[{"index":0,"delta":{"role":"assistant"}}]})" + "\n\n");
         }},
        {"calls and a long id", [](std::size_t n) {
             return chunks(n / 10, delta(R"("tool_calls":[{"index":@,"function":{"name":"f","arguments":"{}"}}])"),
                           R"(data: {"id":")" + run(n, "id") + R"(","choices":[{"index":0,"delta":{"role":"assistant"}}]})" + "\n\n");
         }},
        {"comments", [](std::size_t n) { return run(n, ": c\n\n") + chunks(1, delta(R"("content":"a")")); }},
        {"lines of one event", [](std::size_t n) { return "event: e\n" + run(n, "data: 1\n") + "\n"; }, true},
        {"names of one event", [](std::size_t n) { return run(n, "event: e\nid: 7\nretry: 9\n") + "\n" + chunks(1, delta(R"("content":"a")")); }},
        {"line ends of another kind", [](std::size_t n) {
             std::string out;
             for (const char c : chunks(n, delta(R"("content":"a")"))) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
             return out;
         }},
        {"usage in every chunk", [](std::size_t n) {
             return run(n, R"(data: {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":1,"completion_tokens":1},"x_groq":{"usage":{}}})" "\n\n") + "data: [DONE]\n\n";
         }},
        {"a usage in a usage", [](std::size_t n) {
             return "data: {\"choices\":[]," + run(100, R"("x_groq":{)") + R"("x":)" + array_of(n, "1") + run(100, "}") + "}\n\ndata: [DONE]\n\n";
         }},
    };
    return all;
}

} // namespace growth
