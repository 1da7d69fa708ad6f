// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"
#include "text.hpp"

namespace growth {
namespace {

/// \p levels objects, each in an allOf of the property of the one above, around \p core.
std::string all_of_levels(int levels, const std::string& core) {
    std::string out = core;
    for (int i = 0; i < levels; ++i) out = R"({"allOf":[{"type":"object","properties":{"p":)" + out + "}}]}";
    return out;
}
std::string object_with(const std::string& members) { return R"({"type":"object",)" + members + "}"; }
/// Defs in which each of \p levels refers to the next one twice.
std::string doubling(int levels) {
    const auto name = [](int i) { return "a" + std::to_string(i); };
    std::string defs = "\"" + name(levels) + R"(":{"type":"string"})";
    for (int i = 0; i < levels; ++i) {
        const std::string next = R"({"$ref":"#/$defs/)" + name(i + 1) + "\"}";
        defs += ",\"" + name(i) + R"(":{"type":"object","properties":{"l":)" + next + R"(,"r":)" + next + "}}";
    }
    return R"({"$ref":"#/$defs/a0","$defs":{)" + defs + "}}";
}

} // namespace

const generators& schemas() {
    static const generators all{
        {"properties", [](std::size_t n) { return object_with(R"("properties":)" + object_of(n, R"("p@":{"type":"string","description":"d"})")); }},
        {"required properties", [](std::size_t n) {
             return object_with(R"("properties":)" + object_of(n, R"("p@":{"type":"integer"})") + R"(,"required":)" + array_of(n, R"("p@")"));
         }},
        {"properties of anything", [](std::size_t n) { return object_with(R"("properties":)" + object_of(n, R"("p@":true)")); }},
        {"required names of nothing", [](std::size_t n) { return object_with(R"("properties":{"a":{}},"required":)" + array_of(n, R"("p@")")); }},
        {"enum", [](std::size_t n) { return object_with(R"("properties":{"p":{"enum":)" + array_of(n, R"("e@")") + "}}"); }},
        {"enum of numbers", [](std::size_t n) { return object_with(R"("properties":{"p":{"enum":)" + array_of(n, "@") + "}}"); }},
        {"enum of many types", [](std::size_t n) {
             return object_with(R"("properties":{"p":{"type":["string","integer","boolean","array"],"enum":)" + array_of(n, R"("e@")") + "}}");
         }},
        {"types of one name", [](std::size_t n) {
             return object_with(R"("properties":{"p":{"type":)" + array_of(n, R"("string","integer")") + R"(,"enum":)" + array_of(n, R"("e@")") + "}}");
         }},
        {"anyOf", [](std::size_t n) { return object_with(R"("properties":{"p":{"anyOf":)" + array_of(n, R"({"type":"string"})") + "}}"); }},
        {"anyOf with a long description", [](std::size_t n) {
             return object_with(R"("properties":{"p":{"description":")" + run(n, "d") + R"(","anyOf":)" + array_of(n, R"({"type":"string"})") + "}}");
         }},
        {"anyOf in pairs with a long description", [](std::size_t n) {
             std::string out = R"({"type":"string"})";
             std::size_t leaves = 1;
             for (; leaves < n; leaves *= 2) out = R"({"anyOf":[)" + out + "," + out + "]}";
             return object_with(R"("properties":{"p":{"description":")" + run(n, "d") + R"(","anyOf":[)" + out + "," + out + "]}}");
         }},
        {"anyOf of null", [](std::size_t n) { return object_with(R"("properties":{"p":{"anyOf":)" + array_of(n, R"({"type":"null"})") + "}}"); }},
        {"anyOf of literals", [](std::size_t n) { return object_with(R"("properties":{"p":{"oneOf":)" + array_of(n, R"({"const":"c@"})") + "}}"); }},
        {"prefixItems", [](std::size_t n) { return object_with(R"("properties":{"p":{"type":"array","prefixItems":)" + array_of(n, R"({"type":"string"})") + "}}"); }},
        {"allOf", [](std::size_t n) { return R"({"allOf":)" + array_of(n, R"({"type":"object","properties":{"p@":{"type":"string"}},"required":["p@"]})") + "}"; }},
        {"allOf of one property", [](std::size_t n) { return R"({"allOf":)" + array_of(n, R"({"type":"object","properties":{"p":{"type":"string"}}})") + "}"; }},
        {"allOf of unknown members", [](std::size_t n) { return R"({"type":"object","allOf":)" + array_of(n, R"({"x@":1})") + "}"; }},
        {"allOf in allOf", [](std::size_t n) {
             const std::size_t depth = 60;
             std::string out = R"({"type":"object","properties":)" + object_of(n, R"("p@":{"type":"string"})") + "}";
             for (std::size_t i = 0; i < depth; ++i) out = R"({"allOf":[)" + out + "]}";
             return out;
         }},
        {"allOf around an enum", [](std::size_t n) { return all_of_levels(50, R"({"enum":)" + array_of(n, R"("e@")") + "}"); }},
        {"allOf as deep as it is long", [](std::size_t n) { return R"({"type":"object","properties":)" + object_of(n / 10, "\"q@\":" + all_of_levels(40, R"({"type":"string"})")) + "}"; }},
        {"references", [](std::size_t n) {
             return object_with(R"("$defs":{"d":{"type":"string"}},"properties":)" + object_of(n, R"("p@":{"$ref":"#/$defs/d"})"));
         }},
        {"references to what is large", [](std::size_t n) {
             return object_with(R"("$defs":{"d":{"enum":)" + array_of(n, R"("e@")") + R"(}},"properties":)" + object_of(n, R"("p@":{"$ref":"#/$defs/d"})"));
         }, true},
        {"references to what is large and says nothing", [](std::size_t n) {
             return object_with(R"("$defs":{"d":{"anyOf":)" + array_of(n, R"({"type":"null"})") + R"(}},"properties":)" + object_of(n, R"("p@":{"$ref":"#/$defs/d"})"));
         }, true},
        {"references to unknown members", [](std::size_t n) {
             return object_with(R"("$defs":{"d":{"type":"string",)" + times(n, R"("x@":1)") + R"(}},"properties":)" + object_of(n, R"("p@":{"$ref":"#/$defs/d"})"));
         }, true},
        {"references in allOf", [](std::size_t n) {
             return object_with(R"("$defs":{"d":{"properties":)" + object_of(n, R"("q@":{"type":"string"})") + R"(}},"properties":)" +
                                object_of(n, R"("p@":{"allOf":[{"$ref":"#/$defs/d"}]})"));
         }, true},
        {"references to nowhere", [](std::size_t n) { return object_with(R"("properties":)" + object_of(n, R"("p@":{"$ref":"#/a/b/c"})")); }},
        {"references that double", [](std::size_t n) { return doubling(n < 5000 ? 9 : 12); }},
        {"a long reference", [](std::size_t n) { return R"({"type":"object","properties":{"a":{"$ref":"#)" + run(n, "/a~1") + "\"}}}"; }},
        {"definitions", [](std::size_t n) { return object_with(R"("$defs":)" + object_of(n, R"("d@":{"type":"string"})")); }},
        {"unknown members", [](std::size_t n) { return object_with(times(n, R"("x@":1)")); }},
        {"a long description", [](std::size_t n) { return object_with(R"("description":")" + run(n, R"(\n\")") + "\""); }},
        {"a description of many numbers", [](std::size_t n) {
             return object_with(R"("properties":{"p":{"description":"d","type":["integer","number","boolean","string","array","object"],"enum":)" + array_of(n, "@") + "}}");
         }},
        {"depth", [](std::size_t n) {
             std::string out = R"({"enum":)" + array_of(n, R"("e@")") + "}";
             for (int i = 0; i < 100; ++i) out = R"({"type":"array","items":)" + out + "}";
             return R"({"type":"object","properties":{"p":)" + out + "}}";
         }},
    };
    return all;
}

} // namespace growth
