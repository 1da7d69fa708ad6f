// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

constexpr std::string_view usage = R"(,"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1,"totalTokenCount":2})";

std::string reply(const std::string& parts, const std::string& rest = std::string()) {
    return R"({"responseId":"i","modelVersion":"m","candidates":[{"content":{"role":"model","parts":)" + parts + R"(},"finishReason":"STOP","index":0)" + rest + "}]" +
           std::string(usage) + "}";
}
/// A candidate of one text with \p n supports of one chunk, in turns over \p texts.
std::string grounded(const std::string& parts, const std::string& chunks, const std::string& supports) {
    return reply(parts, R"(,"groundingMetadata":{"groundingChunks":)" + chunks + R"(,"groundingSupports":)" + supports + "}");
}
constexpr std::string_view web = R"({"web":{"uri":"https://h/@","title":"t"}})";

std::string chunk(std::string_view parts, std::string_view rest = {}) {
    return R"({"candidates":[{"content":{"role":"model","parts":)" + std::string(parts) + R"(},"index":0)" + std::string(rest) + "}]}";
}
std::string last() {
    return R"({"candidates":[{"content":{"role":"model","parts":[{"text":""}]},"finishReason":"STOP","index":0}])" + std::string(usage) + "}";
}
std::string sse(std::size_t n, const std::string& json, const std::string& before = std::string()) {
    return before + run(n, "data: " + json + "\r\n\r\n") + "data: " + last() + "\r\n\r\n";
}
std::string json_array(std::size_t n, const std::string& json) { return "[" + times(n, json, ",\r\n") + ",\r\n" + last() + "]"; }

} // namespace

const generators& gemini_replies() {
    static const generators all{
        {"candidates", [](std::size_t n) {
             return R"({"candidates":)" + array_of(n, R"({"content":{"parts":[{"text":"a"}]},"finishReason":"STOP","index":@})") + "}";
         }},
        {"parts", [](std::size_t n) { return reply(array_of(n, R"({"text":"a"})")); }},
        {"thoughts", [](std::size_t n) { return reply(array_of(n, R"({"text":"a","thought":true,"thoughtSignature":"c2ln"})")); }},
        {"calls", [](std::size_t n) { return reply(array_of(n, R"({"functionCall":{"name":"f@","args":{"a":1}}})")); }},
        {"calls with signatures", [](std::size_t n) { return reply(array_of(n, R"({"functionCall":{"id":"c@","name":"f","args":{}},"thoughtSignature":"c2ln"})")); }},
        {"calls and a long id", [](std::size_t n) {
             return R"({"responseId":")" + run(n, "id") + R"(","candidates":[{"content":{"parts":)" + array_of(n, R"({"functionCall":{"name":"f"}})") + R"(},"finishReason":"STOP"}]})";
         }},
        {"images", [](std::size_t n) { return reply(array_of(n, R"({"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo="}})")); }},
        {"unknown parts", [](std::size_t n) { return reply(array_of(n, R"({"executableCode":{"code":"c"}})")); }},
        {"citations", [](std::size_t n) {
             return grounded(R"([{"text":"a é"}])", array_of(n, web), array_of(n, R"({"segment":{"startIndex":0,"endIndex":2,"text":"a"},"groundingChunkIndices":[@]})"));
         }},
        {"citations of a long text", [](std::size_t n) {
             return grounded(R"([{"text":")" + run(n, "é") + "\"}]", array_of(n, web), array_of(n, R"({"segment":{"startIndex":@,"endIndex":@},"groundingChunkIndices":[@]})"));
         }},
        {"citations of two long texts in turns", [](std::size_t n) {
             return grounded(R"([{"text":")" + run(n, "é") + R"("},{"text":")" + run(n, "ü") + "\"}]", array_of(1, web),
                             array_of(n, R"({"segment":{"partIndex":0,"endIndex":@},"groundingChunkIndices":[0]},{"segment":{"partIndex":1,"endIndex":@},"groundingChunkIndices":[0]})"));
         }},
        {"citations of no text", [](std::size_t n) {
             return grounded(array_of(n, R"({"functionCall":{"name":"f"}})"), array_of(1, web), array_of(n, R"({"segment":{"partIndex":@,"endIndex":2},"groundingChunkIndices":[0]})"));
         }},
        {"sources of one support", [](std::size_t n) {
             return grounded(R"([{"text":"a"}])", array_of(n, web), R"([{"segment":{"endIndex":1,"text":"a"},"groundingChunkIndices":)" + array_of(n, "@") + "}]");
         }},
        {"one source of one support again and again", [](std::size_t n) {
             return grounded(R"([{"text":"a"}])", R"([{"web":{"uri":"https://h/)" + run(n, "u") + R"("}}])", R"([{"segment":{"endIndex":1},"groundingChunkIndices":)" + array_of(n, "0") + "}]");
         }},
        {"a long source of many supports", [](std::size_t n) {
             return grounded(R"([{"text":"a"}])", R"([{"web":{"uri":"https://h/)" + run(n, "u") + R"("}}])", array_of(n, R"({"segment":{"endIndex":1},"groundingChunkIndices":[0]})"));
         }},
        {"a long quote of many sources", [](std::size_t n) {
             return grounded(R"([{"text":"a"}])", array_of(n, web), R"([{"segment":{"endIndex":1,"text":")" + run(n, "quote ") + R"("},"groundingChunkIndices":)" + array_of(n, "@") + "}]");
         }},
        {"sources", [](std::size_t n) { return reply(R"([{"text":"a é"}])", R"(,"citationMetadata":{"citationSources":)" + array_of(n, R"({"startIndex":0,"endIndex":3,"uri":"https://h/@"})") + "}"); }},
        {"sources of nothing", [](std::size_t n) { return reply(R"([{"text":"a"}])", R"(,"citationMetadata":{"citationSources":)" + array_of(n, "{}") + "}"); }},
        {"probabilities", [](std::size_t n) {
             return reply(R"([{"text":"a"}])", R"(,"logprobsResult":{"chosenCandidates":)" + array_of(n, R"({"token":"a","logProbability":-1})") + R"(,"topCandidates":)" +
                                                   array_of(n, R"({"candidates":[{"token":"b","logProbability":-2}]})") + "}");
         }},
        {"unknown members", [](std::size_t n) { return reply(R"([{"text":"a"}])", "," + times(n, R"("x@":1)")); }},
        {"arguments", [](std::size_t n) { return reply(R"([{"functionCall":{"name":"f","args":{"a":)" + array_of(n, R"("é\n")") + "}}}]"); }},
    };
    return all;
}

const generators& gemini_streams() {
    static const generators all{
        {"texts", [](std::size_t n) { return sse(n, chunk(R"([{"text":"a"}])")); }},
        {"texts of an array", [](std::size_t n) { return json_array(n, chunk(R"([{"text":"a"}])")); }},
        {"texts in one chunk", [](std::size_t n) { return sse(1, chunk(array_of(n, R"({"text":"a"})"))); }},
        {"a long text", [](std::size_t n) { return sse(1, chunk(R"([{"text":")" + run(n, R"(a\n字)") + "\"}]")); }},
        {"a long text of an array", [](std::size_t n) { return json_array(1, chunk(R"([{"text":")" + run(n, R"(a\n字)") + "\"}]")); }},
        {"thoughts and texts", [](std::size_t n) { return sse(n, chunk(R"([{"text":"a","thought":true},{"text":"b"}])")); }},
        {"thoughts with signatures", [](std::size_t n) { return sse(n, chunk(R"([{"text":"a","thought":true,"thoughtSignature":"c2ln"}])")); }},
        {"candidates", [](std::size_t n) { return sse(n, R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"index":@,"finishReason":"STOP"}]})"); }, true},
        {"candidates of an array", [](std::size_t n) { return json_array(n, R"({"candidates":[{"content":{"parts":[{"text":"a"}]},"index":@,"finishReason":"STOP"}]})"); }, true},
        {"candidates in one chunk", [](std::size_t n) {
             return sse(1, R"({"candidates":)" + array_of(n, R"({"content":{"parts":[{"text":"a"}]},"index":@,"finishReason":"STOP"})") + "}");
         }, true},
        {"calls", [](std::size_t n) { return sse(n, chunk(R"([{"functionCall":{"name":"f","args":{"a":1}}}])")); }},
        {"calls in one chunk", [](std::size_t n) { return sse(1, chunk(array_of(n, R"({"functionCall":{"name":"f","args":{"a":1}},"thoughtSignature":"c2ln"})"))); }},
        {"calls and a long id", [](std::size_t n) {
             return sse(n, chunk(R"([{"functionCall":{"name":"f"}}])"), R"(data: {"responseId":")" + run(n, "id") + R"(","modelVersion":")" + run(n, "m") + "\"}\r\n\r\n");
         }},
        {"texts and a long id", [](std::size_t n) {
             return sse(n / 10, chunk(R"([{"text":"a"}])"), R"(data: {"responseId":")" + run(n, "id") + R"(","modelVersion":")" + run(n, "m") + "\"}\r\n\r\n");
         }},
        {"sounds", [](std::size_t n) { return sse(n, chunk(R"([{"inlineData":{"mimeType":"audio/wav","data":"UklG"}}])")); }},
        {"unknown parts", [](std::size_t n) { return sse(n, chunk(R"([{"executableCode":{"code":"c"}}])")); }},
        {"citations", [](std::size_t n) {
             return sse(n, chunk(R"([{"text":"é"}])", R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://h/@"}}],"groundingSupports":[{"segment":{"startIndex":@,"endIndex":@},"groundingChunkIndices":[0]}]})"));
         }},
        {"citations in one chunk", [](std::size_t n) {
             return sse(1, chunk(R"([{"text":")" + run(n, "é") + "\"}]", R"(,"groundingMetadata":{"groundingChunks":)" + array_of(n, web) + R"(,"groundingSupports":)" +
                                                                             array_of(n, R"({"segment":{"startIndex":@,"endIndex":@},"groundingChunkIndices":[@]})") + "}"));
         }},
        {"one source again and again", [](std::size_t n) {
             return sse(1, chunk(R"([{"text":"a"}])", R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://h/)" + run(n, "u") + R"("}}],"groundingSupports":[{"groundingChunkIndices":)" + array_of(n, "0") + "}]}"));
         }},
        {"probabilities", [](std::size_t n) { return sse(n, chunk(R"([{"text":"a"}])", R"(,"logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-1}]})")); }},
        {"usage in every chunk", [](std::size_t n) { return sse(n, R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":@}})"); }},
        {"usage in a usage", [](std::size_t n) {
             return sse(1, chunk(R"([{"text":"a"}])"), "data: " + chunk(R"([{"text":"a"}])") + "\r\n\r\ndata: " + R"({"candidates":[],"x":)" + run(200, R"({"usageMetadata":)") + array_of(n, "1") + run(200, "}") + "}\r\n\r\n");
         }},
        {"usages that are not closed", [](std::size_t n) {
             return sse(1, chunk(R"([{"text":"a"}])"), "data: " + chunk(R"([{"text":"a"}])") + "\r\n\r\ndata: " + R"({"candidates":[)" + run(n, R"({"usageMetadata":{"a":1,)") + "\r\n\r\n");
         }, true},
        {"indexes that are zero", [](std::size_t n) { return sse(1, chunk(array_of(n, R"({"text":"a","index":0})"))); }},
    };
    return all;
}

} // namespace growth
