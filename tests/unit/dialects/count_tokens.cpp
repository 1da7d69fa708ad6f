// SPDX-License-Identifier: BSL-1.0
// The forms of counting: what their scans refuse, what they read and what they write.
#include <llmx/dialects/anthropic/count_tokens.hpp>
#include <llmx/dialects/gemini/count_tokens.hpp>
#include <llmx/dialects/openai/token_counter.hpp>

#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <string_view>

namespace dialects_count_tokens_unit {

using namespace llmx;

namespace {

struct refused_row {
    std::string_view form, body, says;
};
std::ostream& operator<<(std::ostream& os, const refused_row& r) { return os << r.form << ' ' << r.body; }

template <class C> std::string scanned(std::string_view body) {
    const auto head = C::scan_request(body, request_target());
    return head ? "accepted" : std::string(head.error().message());
}

template <class C> std::string written(const token_count_request& request) {
    encode_options options;
    options.model = "theirs";
    std::string out;
    drop_report drops;
    const auto done = C::encode_request(request, options, out, drops);
    return done ? out : std::string(done.error().message());
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_count_tokens)

BOOST_AUTO_TEST_CASE(a_body_that_cannot_be_counted_is_refused_by_its_member) {
    const refused_row rows[] = {
        {"anthropic", "{}", "model"},
        {"anthropic", R"({"model":"m"})", "messages"},
        {"anthropic", R"({"model":"m","messages":[]})", "messages"},
        {"anthropic", R"({"model":3,"messages":[{"role":"user","content":"hi"}]})", "model"},
        {"anthropic", R"({"model":"m","model":"n","messages":[{"role":"user","content":"hi"}]})", "model"},
        {"anthropic", R"({"model":"m","messages":[{"role":"user","content":"hi"}]})", "accepted"},
        {"gemini", "{}", "contents"},
        {"gemini", R"({"contents":[]})", "contents"},
        {"gemini", R"({"contents":"hi"})", "contents"},
        {"gemini", R"({"generateContentRequest":[]})", "generateContentRequest"},
        {"gemini", R"({"generate_content_request":{"contents":[]}})", "accepted"},
        {"litellm", R"({"model":"m"})", "messages"},
        {"litellm", R"({"prompt":"hi"})", "model"},
        {"litellm", R"({"model":"m","prompt":["hi"]})", "prompt"},
        {"litellm", R"({"model":"m","prompt":"hi","messages":null})", "accepted"},
        {"responses", R"({"input":"hi"})", "model"},
        {"responses", R"({"model":"m","input":[{"role":"user"}]})", "accepted"},
    };
    for (const refused_row& r : rows) {
        BOOST_TEST_CONTEXT(r) {
            const std::string said = r.form == "anthropic" ? scanned<anthropic_count_tokens>(r.body)
                                     : r.form == "gemini"  ? scanned<gemini_count_tokens>(r.body)
                                     : r.form == "litellm" ? scanned<openai_token_counter>(r.body)
                                                           : scanned<openai_input_tokens>(r.body);
            BOOST_TEST(said.find(r.says) != std::string::npos, said);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_is_read_without_a_limit_and_written_without_what_is_no_token) {
    const auto read = anthropic_count_tokens::decode_request(
        R"({"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0.5,"metadata":{"user_id":"u"},"stop_sequences":["x"]})",
        request_target());
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(!read->max_output_tokens.has_value());
    BOOST_TEST(written<anthropic_count_tokens>(*read) ==
               R"({"model":"theirs","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]})");
    const std::string vertex = written<vertex_count_tokens>(*read);
    BOOST_TEST(vertex.starts_with(R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])"), vertex);
    BOOST_TEST(vertex.find("model") == std::string::npos);
    BOOST_TEST(written<gemini_count_tokens>(*read).starts_with(R"({"generateContentRequest":{"model":"models/theirs","contents":[)"));
    BOOST_TEST(written<openai_token_counter>(*read).find("no provider counts tokens in this form") != std::string::npos);
    BOOST_TEST(written<openai_input_tokens>(*read).find("counted by the provider alone") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(litellms_form_has_messages_or_a_text) {
    const auto messages = openai_token_counter::decode_request(
        R"({"model":"m","messages":[{"role":"user","content":"hi"}],"call_endpoint":true,)"
        R"("tools":[{"type":"function","function":{"name":"f"}}]})",
        request_target());
    BOOST_REQUIRE(messages.has_value());
    BOOST_TEST(!messages->bare_text.has_value());
    BOOST_TEST(messages->messages.size() == 1u);
    BOOST_TEST(messages->tools.size() == 1u);
    const auto prompt = openai_token_counter::decode_request(R"({"prompt":"a\"\u00e9","model":"m"})", request_target());
    BOOST_REQUIRE(prompt.has_value());
    BOOST_TEST(prompt->bare_text.value() == "a\"\xC3\xA9");
    BOOST_TEST(prompt->messages.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_count_is_written_in_each_form) {
    token_count n(12);
    n.model = "theirs";
    n.counted_by = "estimate";
    n.cached_tokens = 3;
    reply_options options;
    options.model = "m";
    std::string out;
    anthropic_count_tokens::encode_reply(n, options, out);
    gemini_count_tokens::encode_reply(n, options, out);
    openai_token_counter::encode_reply(n, options, out);
    openai_input_tokens::encode_reply(n, options, out);
    BOOST_TEST(out == R"({"input_tokens":12}{"totalTokens":12,"cachedContentTokenCount":3})"
                      R"({"total_tokens":12,"request_model":"m","model_used":"theirs","tokenizer_type":"estimate"})"
                      R"({"object":"response.input_tokens","input_tokens":12})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace dialects_count_tokens_unit
