// SPDX-License-Identifier: BSL-1.0
#include "openai_responses_support.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/custom_tools.hpp>
#include <llmx/dialects/openai/responses.hpp>

#include <boost/test/unit_test.hpp>

namespace custom_tools_unit {

using namespace llmx;
using openai_responses_test::json;
using openai_responses_test::text_of;

constexpr std::string_view chat_body =
    R"({"model":"m","messages":[{"role":"user","content":"hi"},
       {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"custom","custom":{"name":"patch","input":"a\"b"}}]},
       {"role":"tool","tool_call_id":"c1","content":"done"}],
       "tools":[{"type":"custom","custom":{"name":"patch","description":"Edits",
                 "format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}},
                {"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],
       "tool_choice":{"type":"custom","custom":{"name":"patch"}}})";
constexpr std::string_view responses_body =
    R"({"model":"m","input":[{"role":"user","content":"hi"},{"type":"custom_tool_call","call_id":"c1","name":"patch","input":"a\"b"},
       {"type":"custom_tool_call_output","call_id":"c1","output":"done"}],
       "tools":[{"type":"custom","name":"patch","description":"Edits","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
                {"type":"custom","name":"free","format":{"type":"text"}}],
       "tool_choice":{"type":"custom","name":"patch"},"store":false})";

template <class From> chat_request decoded(std::string_view body) {
    const auto r = From::decode_request(body, request_target());
    if (!r) throw call_failed(r.error());
    return *r;
}

template <class To> boost::json::value encoded(const chat_request& r, bool custom, std::vector<std::string>* drops = nullptr) {
    encode_options options;
    options.model = "m";
    options.traits.custom_tools = custom;
    options.traits.allowed_tools = true;
    drop_report report;
    std::string out;
    const auto done = To::encode_request(r, options, out, report);
    if (!done) throw call_failed(done.error());
    if (drops != nullptr)
        for (const auto& d : report.entries()) drops->push_back((d.hint ? "hint " : "lost ") + d.at.text());
    return json(out);
}

std::string at(const boost::json::value& v, std::string_view pointer) {
    boost::json::error_code ec;
    const auto* const found = v.find_pointer(boost::json::string_view(pointer.data(), pointer.size()), ec);
    return found != nullptr ? text_of(*found) : std::string();
}

BOOST_AUTO_TEST_SUITE(custom_tools)

BOOST_AUTO_TEST_CASE(chat_to_responses_and_back) {
    std::vector<std::string> drops;
    const boost::json::value to = encoded<openai_responses>(decoded<openai_chat>(chat_body), false, &drops);
    BOOST_TEST(drops.empty());
    BOOST_TEST(at(to, "/tools/0") ==
               R"({"type":"custom","name":"patch","description":"Edits","format":{"type":"grammar","syntax":"lark","definition":"start: x"}})");
    BOOST_TEST(at(to, "/tools/1/type") == "\"function\"");
    BOOST_TEST(at(to, "/tool_choice") == R"({"type":"custom","name":"patch"})");
    BOOST_TEST(at(to, "/input/1") == R"({"type":"custom_tool_call","call_id":"c1","name":"patch","input":"a\"b"})");
    BOOST_TEST(at(to, "/input/2") == R"({"type":"custom_tool_call_output","call_id":"c1","output":"done"})");

    drops.clear();
    const boost::json::value back = encoded<openai_chat>(decoded<openai_responses>(responses_body), true, &drops);
    BOOST_TEST(drops.empty());
    BOOST_TEST(at(back, "/tools/0") ==
               R"({"type":"custom","custom":{"name":"patch","description":"Edits",)"
               R"("format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}})");
    BOOST_TEST(at(back, "/tools/1") == R"({"type":"custom","custom":{"name":"free","format":{"type":"text"}}})");
    BOOST_TEST(at(back, "/tool_choice") == R"({"type":"custom","custom":{"name":"patch"}})");
    BOOST_TEST(at(back, "/messages/1/tool_calls/0") == R"({"id":"c1","type":"custom","custom":{"name":"patch","input":"a\"b"}})");
    BOOST_TEST(at(back, "/messages/2/tool_call_id") == "\"c1\"");
}

BOOST_AUTO_TEST_CASE(the_same_language_keeps_all_of_it) {
    BOOST_TEST(at(encoded<openai_chat>(decoded<openai_chat>(chat_body), true), "/tools") == at(json(chat_body), "/tools"));
    BOOST_TEST(at(encoded<openai_responses>(decoded<openai_responses>(responses_body), false), "/tools") == at(json(responses_body), "/tools"));
    const std::string_view allowed =
        R"({"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"custom","custom":{"name":"patch"}},
            {"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[
            {"type":"custom","custom":{"name":"patch"}},{"type":"function","function":{"name":"f"}}]}}})";
    BOOST_TEST(at(encoded<openai_chat>(decoded<openai_chat>(allowed), true), "/tool_choice") == at(json(allowed), "/tool_choice"));
}

BOOST_AUTO_TEST_CASE(elsewhere_it_is_a_function_with_one_text) {
    for (const bool from_chat : {true, false}) {
        const chat_request r = from_chat ? decoded<openai_chat>(chat_body) : decoded<openai_responses>(responses_body);
        std::vector<std::string> drops;
        const boost::json::value chat = encoded<openai_chat>(r, false, &drops);
        // A free text is what the function takes.
        const std::vector<std::string> grammar = {"hint tools[0].format"};
        BOOST_TEST(drops == grammar, boost::test_tools::per_element());
        BOOST_TEST(at(chat, "/tools/0/type") == "\"function\"");
        BOOST_TEST(at(chat, "/tools/0/format").empty());
        BOOST_TEST(at(chat, "/tools/0/function/parameters/properties/input") ==
                   R"({"type":"string","description":"A text of this Lark grammar:\nstart: x"})");
        BOOST_TEST(at(chat, "/tool_choice") == R"({"type":"function","function":{"name":"patch"}})");
        BOOST_TEST(at(chat, "/messages/1/tool_calls/0") ==
                   R"({"id":"c1","type":"function","function":{"name":"patch","arguments":"{\"input\":\"a\\\"b\"}"}})");
        drops.clear();
        const boost::json::value claude = encoded<anthropic_messages>(r, false, &drops);
        BOOST_TEST(drops == grammar, boost::test_tools::per_element());
        BOOST_TEST(at(claude, "/tools/0/input_schema/required") == R"(["input"])");
        BOOST_TEST(at(claude, "/messages/1/content/0/input") == R"({"input":"a\"b"})");
        BOOST_TEST(at(claude, "/messages/2/content/0/tool_use_id") == "\"c1\"");
    }
}

BOOST_AUTO_TEST_CASE(answers_are_custom_again) {
    chat_reply r;
    r.id = "r";
    r.choices.emplace_back();
    r.choices[0].answer.add(tool_call_part("c1", "patch", R"({"input":"x\ny"})")).add(tool_call_part("c2", "f", R"({"a":1})"));
    r.choices[0].finish = finish_reason::tool_calls;
    reply_options how;
    how.model = "m";
    how.request = chat_body;
    std::string out;
    openai_chat::encode_reply(r, how, out);
    const boost::json::value chat = json(out);
    BOOST_TEST(at(chat, "/choices/0/message/tool_calls/0") == R"({"id":"c1","type":"custom","custom":{"name":"patch","input":"x\ny"}})");
    BOOST_TEST(at(chat, "/choices/0/message/tool_calls/1/type") == "\"function\"");
    // The provider's own custom call reaches the other API.
    const auto read = openai_chat::decode_reply(out);
    BOOST_TEST_REQUIRE(read.has_value());
    how.request = responses_body;
    out.clear();
    openai_responses::encode_reply(*read, how, out);
    BOOST_TEST(out.find(R"("type":"custom_tool_call","call_id":"c1","name":"patch","input":"x\ny")") != std::string::npos, out);
}

/// The pieces of custom input in the stream \p out.
template <class D> std::vector<std::string> pieces(std::string_view request, const std::vector<std::string>& arguments) {
    reply_options how;
    how.id = "r";
    how.model = "m";
    how.request = request;
    typename D::stream_encoder encoder(how);
    std::string out;
    chat_event e;
    e.what = chat_event::kind::tool_call;
    e.id = "c1";
    e.name = "patch";
    encoder.encode(e, out);
    for (const std::string& one : arguments) {
        chat_event piece;
        piece.what = chat_event::kind::tool_arguments;
        piece.text = one;
        encoder.encode(piece, out);
    }
    chat_event end;
    end.what = chat_event::kind::finish;
    end.part = 1;
    end.reason = finish_reason::tool_calls;
    encoder.encode(end, out);
    encoder.finish(out);
    std::vector<std::string> list;
    for (std::size_t begin = 0; (begin = out.find("data: {", begin)) != std::string::npos; ++begin) {
        const boost::json::value v = json(std::string_view(out).substr(begin + 6, out.find('\n', begin) - begin - 6));
        if (const std::string s = at(v, "/choices/0/delta/tool_calls/0/custom/input"); !s.empty() && s != "\"\"") list.push_back(s);
        if (at(v, "/type") == "\"response.custom_tool_call_input.delta\"") list.push_back(at(v, "/delta"));
    }
    return list;
}

BOOST_AUTO_TEST_CASE(input_is_streamed_as_it_comes) {
    const std::vector<std::string> arguments = {"{ \"inp", "ut\" :", "\"ab", "\\", "n\\u00e", "9\\ud83d", "\\ude00c", "\"}"};
    const std::vector<std::string> want = {"\"ab\"", "\"\\n\"", "\"\xC3\xA9\"", "\"\xF0\x9F\x98\x80" "c\""};
    BOOST_TEST(pieces<openai_chat>(chat_body, arguments) == want, boost::test_tools::per_element());
    BOOST_TEST(pieces<openai_responses>(responses_body, arguments) == want, boost::test_tools::per_element());
    // A model that keeps to no schema: all that it wrote.
    const std::vector<std::string> patch = {"\"*** Begin Patch\""}, other = {R"("{\"input2\":1}")"};
    BOOST_TEST(pieces<openai_chat>(chat_body, {"*** Begin", " Patch"}) == patch, boost::test_tools::per_element());
    BOOST_TEST(pieces<openai_responses>(responses_body, {R"({"input2":)", "1}"}) == other, boost::test_tools::per_element());
    BOOST_TEST(pieces<openai_chat>(chat_body, {"{}"}).empty());
}

BOOST_AUTO_TEST_CASE(a_text_in_pieces_of_any_size_is_whole) {
    const std::string text = "a\"\\/\b\f\n\r\t\x01 \xF0\x9F\x98\x80\xC3\xA9z";
    std::string escaped = R"( {"input" : "a\"\\\/\b\f\n\r\t\u0001 \uD83D\uDE00\u00E9z" , "more":"x"})";
    for (std::size_t size = 1; size <= escaped.size(); ++size) {
        detail::custom_input_reader reader;
        std::string got;
        for (std::size_t i = 0; i < escaped.size(); i += size) got += reader.feed(std::string_view(escaped).substr(i, size));
        got += reader.finish();
        BOOST_TEST(got == text, size);
    }
    detail::custom_input_reader halves;
    std::string got = halves.feed(R"({"input":"\ud83dx\ud83d\n\ud83d\ud83d\ude00\ud83d)");
    got += halves.finish();
    BOOST_TEST(got == "\xEF\xBF\xBDx\xEF\xBF\xBD\n\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(custom_deltas_of_a_provider_are_arguments) {
    openai_chat::stream_decoder decoder;
    event_batch events;
    const auto chunk = [](std::string_view delta, std::string_view reason) {
        return std::string(R"(data: {"id":"c","model":"m","choices":[{"index":0,"delta":{)").append(delta).append(R"(},"finish_reason":)").append(reason)
            .append("}]}\n\n");
    };
    const std::string bytes = chunk(R"("tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"g","input":""}}])", "null") +
                              chunk(R"("tool_calls":[{"index":0,"custom":{"input":"x\""}}])", "null") +
                              chunk(R"("tool_calls":[{"index":0,"custom":{"input":"y"}},{"index":1,"id":"b","type":"custom","custom":{"name":"h"}}])", "null") +
                              chunk("", "\"tool_calls\"") + "data: [DONE]\n\n";
    BOOST_TEST(decoder.feed(bytes, events).has_value());
    std::string arguments[2];
    std::string names;
    for (const chat_event& e : events.events()) {
        if (e.what == chat_event::kind::tool_call) names += e.name;
        if (e.what == chat_event::kind::tool_arguments) arguments[e.part] += e.text;
    }
    BOOST_TEST(names == "gh");
    BOOST_TEST(arguments[0] == R"({"input":"x\"y"})");
    BOOST_TEST(arguments[1] == R"({"input":""})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace custom_tools_unit
