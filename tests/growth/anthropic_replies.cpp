// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

std::string reply(const std::string& content, const std::string& rest = std::string()) {
    return R"({"type":"message","id":"i","model":"m","role":"assistant","content":)" + content +
           R"(,"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1})" + rest + "}";
}
std::string event(std::string_view name, const std::string& data) {
    return "event: " + std::string(name) + "\ndata: " + data + "\n\n";
}
std::string begin() {
    return event("message_start", R"({"type":"message_start","message":{"id":"i","model":"m","usage":{"input_tokens":1,"output_tokens":1}}})");
}
std::string end() {
    return event("message_delta", R"({"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}})") +
           event("message_stop", R"({"type":"message_stop"})");
}
std::string start(std::string_view index, std::string_view block) {
    return event("content_block_start", R"({"type":"content_block_start","index":)" + std::string(index) + R"(,"content_block":)" + std::string(block) + "}");
}
std::string delta(std::string_view index, std::string_view d) {
    return event("content_block_delta", R"({"type":"content_block_delta","index":)" + std::string(index) + R"(,"delta":)" + std::string(d) + "}");
}
std::string stop(std::string_view index) {
    return event("content_block_stop", R"({"type":"content_block_stop","index":)" + std::string(index) + "}");
}
constexpr std::string_view text_block = R"({"type":"text","text":""})", call_block = R"({"type":"tool_use","id":"c@","name":"f","input":{}})";
constexpr std::string_view text_delta = R"({"type":"text_delta","text":"a"})";
std::string piece(std::string_view json) { return R"({"type":"input_json_delta","partial_json":")" + std::string(json) + "\"}"; }

} // namespace

const generators& anthropic_replies() {
    static const generators all{
        {"texts", [](std::size_t n) { return reply(array_of(n, R"({"type":"text","text":"a"})")); }},
        {"thoughts", [](std::size_t n) { return reply(array_of(n, R"({"type":"thinking","thinking":"t","signature":"s"})")); }},
        {"encrypted thoughts", [](std::size_t n) { return reply(array_of(n, R"({"type":"redacted_thinking","data":"s"})")); }},
        {"calls", [](std::size_t n) { return reply(array_of(n, R"({"type":"tool_use","id":"c@","name":"f@","input":{"a":1}})")); }},
        {"calls with signatures", [](std::size_t n) {
             return reply(array_of(n, R"({"type":"thinking","thinking":"","signature":"call-signature:s"},{"type":"tool_use","id":"c@","name":"f","input":{}})"));
         }},
        {"signatures of no calls", [](std::size_t n) { return reply(array_of(n, R"({"type":"thinking","thinking":"","signature":"call-signature:s"})")); }},
        {"answers by the tool", [](std::size_t n) { return reply(array_of(n, R"({"type":"text","text":"a"},{"type":"tool_use","id":"c@","name":"json_tool_call","input":{}})")); }},
        {"blocks of its own", [](std::size_t n) { return reply(array_of(n, R"({"type":"server_tool_use","id":"s@","name":"web_search","input":{}})")); }},
        {"citations", [](std::size_t n) {
             return reply(R"([{"type":"text","text":"é","citations":)" + array_of(n, R"({"type":"web_search_result_location","url":"https://h/@","title":"t","cited_text":"q"})") + "}]");
         }},
        {"texts with citations", [](std::size_t n) {
             return reply(array_of(n, R"({"type":"text","text":"é","citations":[{"type":"web_search_result_location","url":"https://h/@","title":"t","cited_text":"q"}]})"));
         }},
        {"citations of nothing", [](std::size_t n) { return reply(R"([{"type":"text","text":"a","citations":)" + array_of(n, "{}") + "}]"); }},
        {"unknown members", [](std::size_t n) { return reply(R"([{"type":"text","text":"a"}])", "," + times(n, R"("x@":1)")); }},
        {"members of usage", [](std::size_t n) {
             return R"({"type":"message","content":[{"type":"text","text":"a"}],"usage":)" + object_of(n, R"("x@":1)") + "}";
         }},
        {"arguments", [](std::size_t n) { return reply(R"([{"type":"tool_use","id":"c","name":"f","input":{"a":)" + array_of(n, R"("é\n")") + "}}]"); }},
    };
    return all;
}

const generators& anthropic_streams() {
    static const generators all{
        {"texts", [](std::size_t n) { return begin() + start("0", text_block) + run(n, delta("0", text_delta)) + stop("0") + end(); }},
        {"blocks of text", [](std::size_t n) { return begin() + run(n, start("@", text_block) + delta("@", text_delta) + stop("@")) + end(); }},
        {"a long text", [](std::size_t n) { return begin() + start("0", text_block) + delta("0", R"({"type":"text_delta","text":")" + run(n, R"(a\n字)") + "\"}") + stop("0") + end(); }},
        {"blocks that never stop", [](std::size_t n) { return begin() + run(n, start("@", text_block) + delta("@", text_delta)) + end(); }},
        {"deltas of blocks that never stop", [](std::size_t n) { return begin() + run(n, start("@", text_block)) + run(n, delta("@", text_delta)) + end(); }},
        {"blocks of one index", [](std::size_t n) { return begin() + run(n, start("0", text_block)) + end(); }},
        {"deltas of no block", [](std::size_t n) { return begin() + run(n, delta("@", text_delta)) + end(); }},
        {"thoughts", [](std::size_t n) {
             return begin() + run(n, start("@", R"({"type":"thinking","thinking":"","signature":""})") + delta("@", R"({"type":"thinking_delta","thinking":"t"})") +
                                         delta("@", R"({"type":"signature_delta","signature":"s"})") + stop("@")) + end();
         }},
        {"pieces of a thought", [](std::size_t n) {
             return begin() + start("0", R"({"type":"thinking","thinking":"","signature":""})") + run(n, delta("0", R"({"type":"thinking_delta","thinking":"t"})")) +
                    delta("0", R"({"type":"signature_delta","signature":"s"})") + stop("0") + end();
         }},
        {"calls", [](std::size_t n) { return begin() + run(n, start("@", call_block) + delta("@", piece("{}")) + stop("@")) + end(); }},
        {"calls begun, then their arguments", [](std::size_t n) { return begin() + run(n, start("@", call_block)) + run(n, delta("@", piece("{}"))) + run(n, stop("@")) + end(); }},
        {"calls begun, then their arguments, backwards", [](std::size_t n) {
             std::string out = begin() + run(n, start("@", call_block));
             for (std::size_t i = n; i-- > 0;) out += delta(std::to_string(i), piece("{}"));
             return out + end();
         }},
        {"arguments of parallel calls in turns", [](std::size_t n) {
             const std::size_t calls = n / 2;
             return begin() + run(calls, start("@", call_block)) + run(calls, delta("@", piece(R"({\"a\":[)"))) + run(calls, delta("@", piece("1,"))) +
                    run(calls, delta("@", piece("2]}"))) + end();
         }},
        {"calls and texts in turns", [](std::size_t n) {
             return begin() + run(n, start("1@", text_block) + start("2@", call_block)) + run(n, delta("1@", text_delta) + delta("2@", piece("{}"))) + end();
         }, true},
        {"calls without arguments", [](std::size_t n) { return begin() + run(n, start("@", call_block) + stop("@")) + end(); }},
        {"pieces of arguments", [](std::size_t n) {
             return begin() + start("0", call_block) + delta("0", piece(R"({\"a\":[0)")) + run(n, delta("0", piece(",1"))) + delta("0", piece("]}")) + stop("0") + end();
         }},
        {"a call that never ends before others", [](std::size_t n) {
             return begin() + start("0", call_block) + delta("0", piece(R"({\"a\":\")" + run(n, "a"))) + run(n, start("1@", call_block) + delta("1@", piece("{}")) + stop("1@")) + end();
         }, true},
        {"blocks of its own", [](std::size_t n) {
             return begin() + run(n, start("@", R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})") + delta("@", piece("{}")) + stop("@")) + end();
         }},
        {"pieces of a block of its own", [](std::size_t n) {
             return begin() + start("0", R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})") + delta("0", piece(R"({\"a\":[0)")) + run(n, delta("0", piece(",1"))) +
                    delta("0", piece("]}")) + stop("0") + end();
         }},
        {"citations", [](std::size_t n) {
             return begin() + start("0", text_block) +
                    run(n, delta("0", R"({"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://h/@","title":"t","cited_text":"q"}})")) + stop("0") + end();
         }},
        {"pings", [](std::size_t n) { return begin() + run(n, event("ping", R"({"type":"ping"})")) + end(); }},
        {"usage in every event", [](std::size_t n) {
             return begin() + run(n, event("message_delta", R"({"type":"message_delta","delta":{},"usage":{"output_tokens":2}})")) + end();
         }},
        {"a long id", [](std::size_t n) {
             return event("message_start", R"({"type":"message_start","message":{"id":")" + run(n, "id") + R"(","model":")" + run(n, "m") + R"("}})") + start("0", text_block) +
                    run(n / 10, delta("0", text_delta)) + stop("0") + end();
         }},
    };
    return all;
}

} // namespace growth
