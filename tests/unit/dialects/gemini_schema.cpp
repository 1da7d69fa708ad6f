// SPDX-License-Identifier: BSL-1.0
#include <llmx/dialects/gemini/schema.hpp>

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace gemini_schema_unit {

namespace {

struct converted {
    std::string text;
    bool lossy = false;
};

converted to_google(std::string_view schema) {
    converted c;
    auto r = llmx::append_gemini_schema(c.text, schema);
    BOOST_REQUIRE_MESSAGE(r.has_value(), schema);
    c.lossy = *r;
    return c;
}

std::string to_json_schema(std::string_view google) {
    std::string out;
    llmx::append_json_schema(out, boost::json::parse(google).as_object());
    return out;
}

struct row {
    const char* schema;
    const char* google;
    bool lossy;
};

const row table[] = {
    // types
    {R"({"type":"string"})", R"({"type":"STRING"})", false},
    {R"({"type":["string","null"]})", R"({"type":"STRING","nullable":true})", false},
    {R"({"type":["null"]})", R"({"type":"NULL"})", false},
    {R"({"type":["string","integer"],"minimum":1,"minLength":2})",
     R"({"anyOf":[{"type":"STRING","minLength":2},{"type":"INTEGER","minimum":1}]})", false},
    {R"({"nullable":true,"type":"number"})", R"({"type":"NUMBER","nullable":true})", false},
    // objects and arrays
    {R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a","gone"],"additionalProperties":false})",
     R"({"type":"OBJECT","properties":{"a":{"type":"INTEGER"}},"required":["a"]})", false},
    {R"({"type":"object","additionalProperties":{"type":"string"}})", R"({"type":"OBJECT"})", true},
    {R"({"properties":{"a":{"type":"boolean"}}})", R"({"type":"OBJECT","properties":{"a":{"type":"BOOLEAN"}}})", false},
    {R"({"type":"array","items":{"type":"string"},"minItems":1,"uniqueItems":true})",
     R"({"type":"ARRAY","items":{"type":"STRING"},"minItems":1})", true},
    {R"({"type":"array"})", R"({"type":"ARRAY","items":{"type":"STRING"}})", true},
    {R"({"type":"array","prefixItems":[{"type":"string"},{"type":"number"}]})",
     R"({"type":"ARRAY","items":{"anyOf":[{"type":"STRING"},{"type":"NUMBER"}]}})", true},
    // enums and constants
    {R"({"enum":["a","b",null]})", R"({"type":"STRING","nullable":true,"enum":["a","b"]})", false},
    {R"({"const":"x"})", R"({"type":"STRING","enum":["x"]})", false},
    {R"({"type":"integer","enum":[1,2],"description":"Level."})",
     R"j({"type":"INTEGER","description":"Level. (one of 1, 2)"})j", true},
    {R"({"enum":[1,"a"]})", R"({"type":"STRING","enum":["1","a"]})", false},
    {R"({"type":"string","enum":["","a"]})", R"({"type":"STRING","enum":["a"]})", true},
    {R"({"oneOf":[{"const":"a"},{"const":"b"},{"type":"null"}]})",
     R"({"type":"STRING","nullable":true,"enum":["a","b"]})", false},
    // unions
    {R"({"anyOf":[{"type":"string"},{"type":"null"}],"description":"d","default":null})",
     R"({"type":"STRING","nullable":true,"description":"d"})", false},
    {R"({"anyOf":[{"type":"string","description":"own"},{"type":"integer"},{"type":"null"}],"description":"d"})",
     R"({"anyOf":[{"type":"STRING","nullable":true,"description":"own"},{"type":"INTEGER","nullable":true,"description":"d"}]})",
     false},
    {R"({"type":"object","properties":{"a":{"type":"string"}},"anyOf":[{"required":["a"]}]})",
     R"({"type":"OBJECT","properties":{"a":{"type":"STRING"}}})", true},
    // references
    {R"({"$defs":{"P":{"type":"object","properties":{"x":{"type":"number"}}}},"type":"object",)"
     R"("properties":{"p":{"$ref":"#/$defs/P","description":"a point"}}})",
     R"({"type":"OBJECT","properties":{"p":{"type":"OBJECT","description":"a point","properties":{"x":{"type":"NUMBER"}}}}})",
     false},
    {R"({"$ref":"#/definitions/T","definitions":{"T":{"type":"object","properties":{"next":{"$ref":"#/definitions/T"}}}}})",
     R"({"type":"OBJECT","properties":{"next":{"type":"OBJECT"}}})", true},
    {R"({"type":"object","properties":{"a~b":{"$ref":"#/$defs/a~1b"}},"$defs":{"a/b":{"type":"boolean"}}})",
     R"({"type":"OBJECT","properties":{"a~b":{"type":"BOOLEAN"}}})", false},
    {R"({"allOf":[{"$ref":"#/$defs/A"},{"properties":{"b":{"type":"string"}},"required":["b"]}],"$defs":{"A":{"type":"object",)"
     R"("properties":{"a":{"type":"string"}},"required":["a"]}}})",
     R"({"type":"OBJECT","properties":{"a":{"type":"STRING"},"b":{"type":"STRING"}},"required":["a","b"]})", false},
    // keywords
    {R"({"type":"string","format":"date-time","pattern":"^a$","maxLength":3,"title":"T","default":"x"})",
     R"({"type":"STRING","format":"date-time","pattern":"^a$","maxLength":3,"title":"T","default":"x"})", false},
    {R"({"type":"string","format":"email"})", R"({"type":"STRING"})", true},
    {R"({"type":"number","minimum":0.5,"maximum":1.0})", R"({"type":"NUMBER","minimum":0.5,"maximum":1})", false},
    {R"({"type":"integer","exclusiveMinimum":9223372036854775807})", R"({"type":"INTEGER"})", true},
    {R"({"type":"integer","exclusiveMaximum":-9223372036854775808})", R"({"type":"INTEGER"})", true},
    {R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10})",
     R"({"type":"INTEGER","minimum":1,"maximum":9})", false},
    {R"({"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"x","type":"string","strict":true,"$comment":"c"})",
     R"({"type":"STRING"})", false},
    {R"({"type":"string","not":{"const":"a"}})", R"({"type":"STRING"})", true},
    // what may be anything
    {R"({"type":"object","properties":{"v":{},"w":true}})",
     R"({"type":"OBJECT","properties":{"v":{"anyOf":[{"type":"STRING"},{"type":"NUMBER"},{"type":"BOOLEAN"}]},)"
     R"("w":{"anyOf":[{"type":"STRING"},{"type":"NUMBER"},{"type":"BOOLEAN"}]}}})",
     true},
};

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_gemini_schema)

BOOST_AUTO_TEST_CASE(json_schema_to_google) {
    for (const row& r : table) {
        const converted c = to_google(r.schema);
        BOOST_TEST(c.text == r.google, "schema " << r.schema << "\n gave " << c.text << "\n not  " << r.google);
        BOOST_TEST(c.lossy == r.lossy, "lossy of " << r.schema);
        BOOST_CHECK_NO_THROW(boost::json::parse(c.text));
    }
}

BOOST_AUTO_TEST_CASE(google_to_json_schema) {
    const char* rows[][2] = {
        {R"({"type":"STRING","nullable":true})", R"({"type":["string","null"]})"},
        {R"({"type":"STRING","format":"enum","enum":["a"],"nullable":true})",
         R"({"type":["string","null"],"enum":["a",null]})"},
        {R"({"type":"ARRAY","items":{"type":"NUMBER"},"minItems":"2","max_items":5})",
         R"({"type":"array","items":{"type":"number"},"minItems":2,"maxItems":5})"},
        {R"({"any_of":[{"type":"STRING"},{"type":"INTEGER"}],"nullable":true})",
         R"({"anyOf":[{"type":"string"},{"type":"integer"},{"type":"null"}]})"},
        {R"({"type":"OBJECT","properties":{"max_items":{"type":"BOOLEAN"}},"required":["max_items"]})",
         R"({"type":"object","properties":{"max_items":{"type":"boolean"}},"required":["max_items"]})"},
        {R"({"type":"TYPE_UNSPECIFIED","description":"d"})", R"({"description":"d"})"},
        {R"({"type":["string","null"],"additionalProperties":false})",
         R"({"type":["string","null"],"additionalProperties":false})"},
    };
    for (const auto& r : rows) BOOST_TEST(to_json_schema(r[0]) == r[1], r[0]);
}

BOOST_AUTO_TEST_CASE(what_both_can_say_survives_both_ways) {
    const char* schemas[] = {
        (R"({"type":"object","properties":{"city":{"type":"string","description":"A city."},"unit":{"type":["string","null"],)"
         R"("enum":["c","f",null]}},"required":["city"]})"),
        R"({"type":"array","items":{"type":"object","properties":{"n":{"type":"integer","minimum":1}}},"minItems":1})",
        R"({"anyOf":[{"type":"string","maxLength":3},{"type":"boolean"}]})",
    };
    for (const char* s : schemas) BOOST_TEST(to_json_schema(to_google(s).text) == s);
}

BOOST_AUTO_TEST_CASE(references_that_explode_are_refused) {
    // Each level refers to the next one twice: 2^40 nodes when written out.
    std::string s = R"({"$ref":"#/$defs/d0","$defs":{)";
    for (int i = 0; i < 40; ++i) {
        if (i != 0) s += ',';
        const std::string next = R"({"$ref":"#/$defs/d)" + std::to_string(i + 1) + R"("})";
        s += "\"d" + std::to_string(i) + R"(":{"type":"object","properties":{"a":)" + next + R"(,"b":)" + next + "}}";
    }
    s += R"(,"d40":{"type":"string"}}})";
    std::string out = "before";
    auto r = llmx::append_gemini_schema(out, s);
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == llmx::errc::invalid_request));
    BOOST_TEST(out == "before");
}

BOOST_AUTO_TEST_CASE(what_is_no_object_is_refused) {
    std::string out;
    BOOST_TEST(llmx::append_gemini_schema(out, "[]").has_error());
    BOOST_TEST(llmx::append_gemini_schema(out, "{\"type\":").has_error());
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gemini_schema_unit
