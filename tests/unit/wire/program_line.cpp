// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/program_line.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace program_line_unit {

using kind = llmx::program_line::kind;

BOOST_AUTO_TEST_SUITE(wire_program_line)

BOOST_AUTO_TEST_CASE(reads_what_a_program_answers) {
    struct row {
        std::string_view line;
        kind what;
        std::uint64_t id;
        std::string_view json;
        int status;
    };
    const row rows[] = {
        {R"({"id":7,"body":{"a":[1,2]}})", kind::body, 7, R"({"a":[1,2]})", 0},
        {R"( { "event" : {"x":"}"} , "id" : "18446744073709551615" } )", kind::event, 18446744073709551615u, R"({"x":"}"})", 0},
        {R"({"id":1,"done":true})", kind::done, 1, "", 0},
        {R"({"id":2,"error":{"message":"m"},"status":429})", kind::error, 2, R"({"message":"m"})", 429},
        {R"({"id":2,"error":"m","status":200})", kind::error, 2, R"("m")", 0},
        {R"({"pong":3})", kind::pong, 3, "", 0},
        {R"({"level":"info","text":"loaded"})", kind::other, 0, "", 0},
        {R"({"id":4,"done":false})", kind::other, 0, "", 0},
        {R"({"\u0069d":5,"done":true})", kind::done, 5, "", 0},
    };
    for (const row& r : rows) {
        const auto read = llmx::read_program_line(r.line);
        BOOST_TEST_CONTEXT(r.line) {
            BOOST_TEST_REQUIRE(!read.has_error());
            BOOST_TEST((read->what == r.what));
            if (r.what != kind::other) BOOST_TEST(read->id == r.id);
            BOOST_TEST(read->json == r.json);
            BOOST_TEST(read->status == r.status);
        }
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_answers_no_call) {
    for (const std::string_view line : {"Loading model...", "", "[1]", "{", R"({"body":{}})", R"({"id":-1,"body":{}})", R"({"id":"x","done":true})",
                                        R"({"id":1.5,"done":true})", R"({"id":1,"body":7})", R"({"id":1,"event":"text"})", R"({"pong":"x"})",
                                        R"({"id":18446744073709551616,"done":true})", R"({"id":1,"body":{}} x)"})
        BOOST_TEST_CONTEXT(line) BOOST_TEST(llmx::read_program_line(line).has_error());
}

BOOST_AUTO_TEST_CASE(a_call_is_one_line) {
    llmx::body_pieces body;
    body.append("{\n  \"messages\": [],\r\n");
    body.append("  \"model\": \"a\\nb\"\n}");
    std::string out;
    llmx::write_program_call(out, 12, "chat", true, body);
    BOOST_TEST(out == "{\"id\":12,\"operation\":\"chat\",\"stream\":true,\"body\":{   \"messages\": [],    \"model\": \"a\\nb\" }}\n");
    out.clear();
    llmx::write_program_cancel(out, 12);
    llmx::write_program_ping(out, 3);
    BOOST_TEST(out == "{\"id\":12,\"cancel\":true}\n{\"ping\":3}\n");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace program_line_unit
