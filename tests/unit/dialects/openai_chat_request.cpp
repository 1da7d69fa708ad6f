// SPDX-License-Identifier: BSL-1.0
#include "openai_chat_support.hpp"

#include <support/golden.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace openai_chat_request_unit {

namespace {

using namespace llmx;
using openai_chat_test::decode;
using openai_chat_test::encode;
using openai_chat_test::json;

static_assert(chat_codec<openai_chat>);

chat_request decoded(std::string_view body) {
    auto r = decode(body);
    const std::string why = r.has_value() ? std::string() : r.error().message();
    BOOST_TEST_REQUIRE(why == "");
    return std::move(r.value());
}

/// A request with one message, given as JSON.
chat_request with_message(std::string_view message) {
    return decoded(R"({"model":"m","messages":[)" + std::string(message) + "]}");
}

struct drop {
    std::string_view parameter;
    bool hint;
};

void check_drops(const chat_request& request, const std::vector<drop>& expected) {
    drop_report drops;
    const std::string out = encode(request, drops);
    BOOST_TEST_CONTEXT(out) {
        BOOST_TEST_REQUIRE(drops.entries().size() == expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            BOOST_TEST(drops.entries()[i].at.text() == expected[i].parameter);
            BOOST_TEST(drops.entries()[i].hint == expected[i].hint);
        }
    }
}

std::string messages_of(const chat_request& request) {
    return boost::json::serialize(json(encode(request)).at("messages"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_chat_request)

BOOST_AUTO_TEST_CASE(every_scalar_is_read) {
    const auto r = decoded(llmx_test::golden("openai/request-members.json"));
    BOOST_TEST(r.model == "gpt-x");
    BOOST_TEST((r.messages == std::vector<message>{message::user("hi")}));
    BOOST_TEST(r.temperature.value() == 0.5);
    BOOST_TEST(r.top_p.value() == 1.0);
    BOOST_TEST(r.top_k.value() == 40);
    BOOST_TEST(r.n.value() == 2);
    BOOST_TEST(r.seed.value() == -7);
    BOOST_TEST(r.presence_penalty.value() == -1.0);
    BOOST_TEST(r.frequency_penalty.value() == 2.0);
    BOOST_TEST(r.max_output_tokens.value() == 20);
    BOOST_TEST(r.logprobs.value());
    BOOST_TEST(r.top_logprobs.value() == 3);
    BOOST_TEST(r.logit_bias.text == R"({"1":-100})");
    BOOST_TEST(r.stop == std::vector<std::string>{"END"}, boost::test_tools::per_element());
    BOOST_TEST(r.user == "u");
    BOOST_TEST((r.service_tier == llmx::service_tier::flex));
    BOOST_TEST(!r.parallel_tool_calls.value());
    BOOST_TEST((r.metadata == std::vector<std::pair<std::string, std::string>>{{"k", "v"}}));
    BOOST_TEST((r.modalities == std::vector<std::string>{"text", "audio"}));
    BOOST_TEST(r.stream);
    BOOST_TEST(r.include_usage);
    BOOST_TEST((r.reasoning->effort == reasoning_effort::xhigh));
    BOOST_TEST(r.cache->ttl == "1h");
    BOOST_TEST(r.extra.origin == openai_chat::name);
    BOOST_TEST(r.extra.members.size() == 3u);
    BOOST_TEST(r.extra.find("store")->text == "true");
    BOOST_TEST(r.extra.find("verbosity")->text == "\"low\"");
    BOOST_TEST(r.extra.find("stream_options.include_obfuscation")->text == "false");
}

BOOST_AUTO_TEST_CASE(null_is_absent) {
    const auto r = decoded(R"({"model":"m","messages":[{"role":"assistant","content":null,"refusal":null,
        "audio":null,"tool_calls":null,"function_call":null,"annotations":[]}],
        "temperature":null,"tools":null,"stop":null,"stream":null,"stream_options":null,"tool_choice":null,
        "response_format":null,"metadata":null,"reasoning_effort":null,"max_tokens":null,"x":null})");
    chat_request expected;
    expected.model = "m";
    expected.messages.emplace_back(role::assistant);
    BOOST_TEST((r == expected));
}

BOOST_AUTO_TEST_CASE(the_path_names_the_model) {
    request_target target;
    target.model = "from-path";
    const auto absent = openai_chat::decode_request(R"({"messages":[{"role":"user","content":"x"}]})", target);
    const auto both =
        openai_chat::decode_request(R"({"model":"b","messages":[{"role":"user","content":"x"}]})", target);
    BOOST_TEST_REQUIRE(absent.has_value());
    BOOST_TEST_REQUIRE(both.has_value());
    BOOST_TEST(absent->model == "from-path");
    BOOST_TEST(both->model == "from-path");
}

BOOST_AUTO_TEST_CASE(user_content_parts) {
    const auto r = with_message(llmx_test::golden("openai/message-user-parts.json"));
    const auto& m = r.messages.at(0);
    BOOST_TEST(m.name == "ann");
    BOOST_TEST_REQUIRE(m.content.size() == 9u);
    BOOST_TEST(std::get<text_part>(m.content[0]).cache.has_value());
    const auto& inlined = std::get<image_part>(m.content[1]);
    BOOST_TEST(inlined.source.media_type == "image/png");
    BOOST_TEST(inlined.source.data == "AAAA");
    BOOST_TEST(inlined.source.url == "");
    BOOST_TEST(inlined.detail == "high");
    const auto& linked = std::get<image_part>(m.content[2]);
    BOOST_TEST(linked.source.url == "https://e.com/a.png");
    BOOST_TEST(linked.source.media_type == "image/png"); // LiteLLM's `format`
    BOOST_TEST(std::get<image_part>(m.content[3]).source.url == "https://e.com/b.png");
    BOOST_TEST(std::get<audio_part>(m.content[4]).source.media_type == "audio/mpeg");
    BOOST_TEST(std::get<file_part>(m.content[5]).source.media_type == "application/pdf");
    BOOST_TEST(std::get<file_part>(m.content[5]).filename == "a.pdf");
    BOOST_TEST(std::get<file_part>(m.content[6]).source.file_id == "file-1");
    BOOST_TEST(std::get<file_part>(m.content[7]).source.media_type == "application/pdf");
    BOOST_TEST(std::get<opaque_part>(m.content[8]).origin == openai_chat::name);
}

BOOST_AUTO_TEST_CASE(assistant_with_everything) {
    const auto r = with_message(llmx_test::golden("openai/message-assistant.json"));
    const auto& c = r.messages.at(0).content;
    BOOST_TEST_REQUIRE(c.size() == 7u);
    BOOST_TEST((std::get<thinking_part>(c[0]) == thinking_part("hm", "sig", "anthropic_messages")));
    BOOST_TEST(std::get<thinking_part>(c[1]).redacted_data == "xx");
    BOOST_TEST(std::get<text_part>(c[2]).text == "sure");
    BOOST_TEST(std::get<refusal_part>(c[3]).text == "no");
    BOOST_TEST(std::get<opaque_part>(c[4]).value.text == R"({"type":"audio","audio":{"id":"a1"}})");
    const auto& call = std::get<tool_call_part>(c[5]);
    BOOST_TEST(call.id == "c1");
    BOOST_TEST(call.arguments == "{\"a\":1}");
    BOOST_TEST(call.signature == "gs");
    BOOST_TEST(call.extra.empty());
    BOOST_TEST(detail::is_custom_tool(std::get<tool_call_part>(c[6]).extra));
    const auto plain = with_message(R"({"role":"assistant","content":"x","reasoning_content":"why"})");
    BOOST_TEST((std::get<thinking_part>(plain.messages[0].content[0]) == thinking_part("why")));
}

BOOST_AUTO_TEST_CASE(tool_messages) {
    const auto r = decoded(R"({"model":"m","messages":[
        {"role":"tool","tool_call_id":"c1","content":"42"},
        {"role":"tool","tool_call_id":"c2","content":[{"type":"text","text":"a"},
            {"type":"image_url","image_url":{"url":"https://e.com/i.png"}}]}]})");
    BOOST_TEST((r.messages[0] == message::tool_result("c1", "42")));
    const auto& second = std::get<tool_result_part>(r.messages[1].content[0]);
    BOOST_TEST((r.messages[1].from == role::tool));
    BOOST_TEST(second.call_id == "c2");
    BOOST_TEST_REQUIRE(second.content.size() == 2u);
    BOOST_TEST(std::get<image_part>(second.content[1]).source.url == "https://e.com/i.png");
}

BOOST_AUTO_TEST_CASE(functions_of_old_become_tools) {
    const auto r = decoded(R"({"model":"m","functions":[{"name":"f","parameters":{"type":"object"}}],
        "function_call":{"name":"f"},"messages":[
        {"role":"user","content":"q"},
        {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
        {"role":"function","name":"f","content":"42"}]})");
    BOOST_TEST_REQUIRE(r.tools.size() == 1u);
    BOOST_TEST(r.tools[0].parameters.text == R"({"type":"object"})");
    BOOST_TEST((r.tool_choice == tool_choice::function("f")));
    const auto& call = std::get<tool_call_part>(r.messages[1].content[0]);
    const auto& answer = std::get<tool_result_part>(r.messages[2].content[0]);
    BOOST_TEST(!call.id.empty());
    BOOST_TEST(call.id == answer.call_id);
    BOOST_TEST((r.messages[2].from == role::tool));
}

BOOST_AUTO_TEST_CASE(tools_and_choices) {
    const auto r = decoded(R"({"model":"m","messages":[{"role":"user","content":"q"}],"tools":[
        {"type":"function","function":{"name":"f","description":"d","strict":true,
            "parameters":{"type":"object","properties":{}}},"cache_control":{"type":"ephemeral"}},
        {"type":"custom","custom":{"name":"grep"}}],
        "tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}}})");
    BOOST_TEST_REQUIRE(r.tools.size() == 2u);
    BOOST_TEST(r.tools[0].name == "f");
    BOOST_TEST(r.tools[0].description == "d");
    BOOST_TEST(r.tools[0].strict.value());
    BOOST_TEST(r.tools[0].cache.has_value());
    BOOST_TEST(r.tools[1].name == "grep");
    BOOST_TEST(!r.tools[1].builtin.has_value());
    BOOST_TEST(detail::is_custom_tool(r.tools[1].extra));
    BOOST_TEST(!r.tool_choice.has_value());
    BOOST_TEST(r.extra.find("tool_choice") != nullptr);
    const auto named = decoded(R"({"model":"m","messages":[{"role":"user","content":"q"}],
        "tool_choice":{"type":"function","function":{"name":"f"}}})");
    BOOST_TEST((named.tool_choice == tool_choice::function("f")));
}

BOOST_AUTO_TEST_CASE(thinking_settings) {
    const auto with = [](std::string_view members) {
        return *decoded(R"({"model":"m","messages":[{"role":"user","content":"q"}],)" + std::string(members) + "}")
                    .reasoning;
    };
    BOOST_TEST((with(R"("reasoning_effort":"none")").effort == reasoning_effort::none));
    BOOST_TEST(with(R"("thinking":{"type":"enabled","budget_tokens":4096})").budget_tokens.value() == 4096);
    BOOST_TEST(with(R"("thinking":{"type":"disabled"})").budget_tokens.value() == 0);
    BOOST_TEST(with(R"("thinking":{"type":"adaptive"})").adaptive);
    const auto word = decoded(R"({"model":"m","messages":[{"role":"user","content":"q"}],"reasoning_effort":"default"})");
    BOOST_TEST(!word.reasoning.has_value());
    BOOST_TEST(word.extra.find("reasoning_effort")->text == "\"default\"");
}

BOOST_AUTO_TEST_CASE(faults_name_the_member) {
    static constexpr std::pair<std::string_view, std::string_view> cases[] = {
        {"[]", ""},
        {"{", ""},
        {R"({"messages":[{"role":"user","content":"x"}]})", "model"},
        {R"({"model":"","messages":[{"role":"user","content":"x"}]})", "model"},
        {R"({"model":3,"messages":[]})", "model"},
        {R"({"model":"m"})", "messages"},
        {R"({"model":"m","messages":null})", "messages"},
        {R"({"model":"m","messages":{}})", "messages"},
        {R"({"model":"m","messages":[]})", "messages"},
        {R"({"model":"m","messages":[1]})", "messages[0]"},
        {R"({"model":"m","messages":[{"content":"x"}]})", "messages[0].role"},
        {R"({"model":"m","messages":[{"role":"boss","content":"x"}]})", "messages[0].role"},
        {R"({"model":"m","messages":[{"role":"user"}]})", "messages[0].content"},
        {R"({"model":"m","messages":[{"role":"user","content":7}]})", "messages[0].content"},
        {R"({"model":"m","messages":[{"role":"user","content":["x"]}]})", "messages[0].content[0]"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]})", "messages[0].content[0].type"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"text"}]}]})", "messages[0].content[0].text"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url"}]}]})",
         "messages[0].content[1].image_url"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:nope"}}]}]})",
         "messages[0].content[0].image_url.url"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"A"}}]}]})",
         "messages[0].content[0].input_audio.format"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{}}]}]})",
         "messages[0].content[0].file"},
        {R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":1}]}]})",
         "messages[0].content[0].cache_control"},
        {R"({"model":"m","messages":[{"role":"tool","content":"x"}]})", "messages[0].tool_call_id"},
        {R"({"model":"m","messages":[{"role":"tool","tool_call_id":"c"}]})", "messages[0].content"},
        {R"({"model":"m","messages":[{"role":"function","content":"x"}]})", "messages[0].name"},
        {R"({"model":"m","messages":[{"role":"assistant","tool_calls":{}}]})", "messages[0].tool_calls"},
        {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","type":"function"}]}]})",
         "messages[0].tool_calls[0].function"},
        {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f"}}]}]})",
         "messages[0].tool_calls[0].id"},
        {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":{}}}]}]})",
         "messages[0].tool_calls[0].function.arguments"},
        {R"({"model":"m","messages":[{"role":"assistant","thinking_blocks":[{"type":"x"}]}]})",
         "messages[0].thinking_blocks[0].type"},
        {R"({"model":"m","messages":[{"role":"assistant","reasoning_content":1}]})", "messages[0].reasoning_content"},
    };
    for (const auto& [body, param] : cases) {
        BOOST_TEST_CONTEXT(body) {
            const auto r = decode(body);
            BOOST_TEST_REQUIRE(r.has_error());
            BOOST_TEST((r.error().value() == errc::invalid_request));
            BOOST_TEST(r.error().param() == param);
        }
    }
    static constexpr std::pair<std::string_view, std::string_view> members[] = {
        {R"("temperature":"hot")", "temperature"},
        {R"("max_tokens":1.5)", "max_tokens"},
        {R"("max_completion_tokens":"1")", "max_completion_tokens"},
        {R"("max_tokens":-1)", "max_tokens"},
        {R"("max_tokens":1,"max_completion_tokens":-1)", "max_completion_tokens"},
        {R"("stream":"yes")", "stream"},
        {R"("stop":5)", "stop"},
        {R"("stop":["a",5])", "stop"},
        {R"("logit_bias":[])", "logit_bias"},
        {R"("modalities":"text")", "modalities"},
        {R"("stream_options":{"include_usage":1})", "stream_options.include_usage"},
        {R"("tools":{})", "tools"},
        {R"("tools":[{"function":{"name":"f"}}])", "tools[0].type"},
        {R"("tools":[{"type":"function"}])", "tools[0].function"},
        {R"("tools":[{"type":"function","function":{}}])", "tools[0].function.name"},
        {R"("tools":[{"type":"function","function":{"name":"f","parameters":"x"}}])", "tools[0].function.parameters"},
        {R"("tool_choice":"maybe")", "tool_choice"},
        {R"("tool_choice":{"type":"function"})", "tool_choice.function"},
        {R"("tool_choice":{"type":"function","function":{}})", "tool_choice.function.name"},
        {R"("response_format":"json")", "response_format"},
        {R"("response_format":{"strict":true})", "response_format.type"},
        {R"("response_format":{"type":"json_schema"})", "response_format.json_schema"},
        {R"("response_format":{"type":"json_schema","json_schema":{}})", "response_format.json_schema.name"},
        {R"("reasoning_effort":3)", "reasoning_effort"},
        {R"("thinking":{"type":"often"})", "thinking.type"},
        {R"("user":{})", "user"},
    };
    for (const auto& [member, param] : members) {
        BOOST_TEST_CONTEXT(member) {
            const auto r =
                decode(R"({"model":"m","messages":[{"role":"user","content":"x"}],)" + std::string(member) + "}");
            BOOST_TEST_REQUIRE(r.has_error());
            BOOST_TEST((r.error().value() == errc::invalid_request));
            BOOST_TEST(r.error().param() == param);
        }
    }
}

BOOST_AUTO_TEST_CASE(decode_undoes_encode) {
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
        openai_chat_test::generator g(seed);
        const chat_request request = g.request();
        drop_report drops;
        const std::string body = encode(request, drops, seed % 2 == 0);
        const auto back = decode(body);
        BOOST_TEST_CONTEXT("seed " << seed << ": " << body) {
            BOOST_TEST_REQUIRE(back.has_value());
            BOOST_TEST((back.value() == request));
            BOOST_TEST(drops.entries().empty());
            BOOST_TEST(encode(back.value()) == encode(request));
        }
    }
}

BOOST_AUTO_TEST_CASE(only_what_is_set_is_written) {
    BOOST_TEST(encode(chat_request("m", "hi")) == R"({"model":"m","messages":[{"role":"user","content":"hi"}]})");
    chat_request r("m", "hi");
    encode_options options;
    options.model = "upstream";
    r.max_output_tokens = 5;
    drop_report drops;
    std::string out;
    BOOST_TEST(openai_chat::encode_request(r, options, out, drops).has_value());
    BOOST_TEST((json(out) == json(R"({"model":"upstream","messages":[{"role":"user","content":"hi"}],"max_tokens":5})")));
    options.traits.max_completion_tokens = true;
    out.clear();
    BOOST_TEST(openai_chat::encode_request(r, options, out, drops).has_value());
    BOOST_TEST(json(out).as_object().contains("max_completion_tokens"));
    BOOST_TEST(!json(out).as_object().contains("max_tokens"));
}

BOOST_AUTO_TEST_CASE(usage_is_asked_for_in_streams_only) {
    chat_request r("m", "hi");
    r.include_usage = true;
    BOOST_TEST(!json(encode(r)).as_object().contains("stream_options"));
    r.stream = true;
    BOOST_TEST((json(encode(r)).at("stream_options") == json(R"({"include_usage":true})")));
    r.include_usage = false;
    BOOST_TEST(!json(encode(r)).as_object().contains("stream_options"));
}

BOOST_AUTO_TEST_CASE(a_tool_without_arguments_says_so) {
    static constexpr std::pair<std::string_view, std::string_view> cases[] = {
        {R"({"type":"object"})", R"({"type":"object","properties":{}})"},
        {R"({"type":"object","additionalProperties":false } )", R"({"type":"object","additionalProperties":false,"properties":{}})"},
        {R"({"type":"object","properties":{"a":{"type":"object"}}})", R"({"type":"object","properties":{"a":{"type":"object"}}})"},
        {R"({"type":"string"})", R"({"type":"string"})"},
        {"{}", "{}"},
    };
    for (const auto& [schema, said] : cases) {
        chat_request r("m", "hi");
        r.tools.emplace_back("now", "", std::string(schema));
        BOOST_TEST((json(encode(r)).at("tools").at(0).at("function").at("parameters") == json(said)));
    }
}

BOOST_AUTO_TEST_CASE(a_user_too_long_to_name) {
    chat_request r("m", "hi");
    r.user = std::string(64, 'u');
    BOOST_TEST(json(encode(r)).as_object().contains("user"));
    r.user += 'u';
    BOOST_TEST(!json(encode(r)).as_object().contains("user"));
    check_drops(r, {{"user", true}});
}

BOOST_AUTO_TEST_CASE(media_that_openai_cannot_take) {
    const auto with = [](auto part) {
        chat_request r("m", "look");
        r.messages[0].add(std::move(part));
        return r;
    };
    const auto file = [&](media m) {
        file_part f;
        f.source = std::move(m);
        return with(std::move(f));
    };
    for (const chat_request& r :
         {file(media::from_base64("video/mp4", "AAAA")), file(media::from_file_id("file_011C")), file(media::from_file_id("files/abc")),
          with(image_part(media::from_url("gs://b/c.png"))),
          with(image_part(media::from_url("https://generativelanguage.googleapis.com/v1beta/files/x")))})
        check_drops(r, {{"messages[0].content[1]", false}});
    // What a tool gave stands in a message of the user's, where the same holds.
    for (const char* url : {"gs://b/c.png", "https://generativelanguage.googleapis.com/v1beta/files/x"}) {
        tool_result_part result("c1", "seen");
        result.content.emplace_back(image_part(media::from_url(url)));
        check_drops(with(std::move(result)), {{"messages[0].content[1].content[1]", false}});
    }
    check_drops(file(media::from_file_id("file-abc")), {});
    check_drops(with(image_part(media::from_url("https://e.org/x.png"))), {});
    // A text in a file is a text.
    BOOST_TEST(messages_of(file(media::from_base64("text/plain", "aGVsbG8="))) ==
               R"([{"role":"user","content":[{"type":"text","text":"look"},{"type":"text","text":"hello"}]}])");
}

BOOST_AUTO_TEST_CASE(budgets_become_efforts) {
    static constexpr std::pair<std::int64_t, std::string_view> cases[] = {
        {1, "low"}, {1024, "low"}, {2047, "low"}, {2048, "medium"}, {4095, "medium"}, {4096, "high"}, {64000, "high"},
    };
    for (const auto& [budget, word] : cases) {
        chat_request r("m", "hi");
        r.reasoning.emplace();
        r.reasoning->budget_tokens = budget;
        BOOST_TEST((json(encode(r)).at("reasoning_effort") == json('"' + std::string(word) + '"')));
    }
    chat_request r("m", "hi");
    r.reasoning.emplace();
    for (const std::int64_t left_to_the_model : {-1, 0}) {
        r.reasoning->budget_tokens = left_to_the_model;
        BOOST_TEST(!json(encode(r)).as_object().contains("reasoning_effort"));
    }
    r.reasoning->effort = reasoning_effort::max;
    BOOST_TEST((json(encode(r)).at("reasoning_effort") == "max"));
}

BOOST_AUTO_TEST_CASE(tool_results_of_a_user_turn_are_split_off) {
    chat_request r;
    r.model = "m";
    message m(role::user);
    m.add(text_part("and now?"));
    tool_result_part a("c1", "one");
    a.content.emplace_back(image_part(media::from_base64("image/png", "AAAA")));
    m.add(std::move(a));
    tool_result_part b("c2", "two");
    b.content.emplace_back(image_part(media::from_url("https://e.com/2.png")));
    m.add(std::move(b));
    r.messages.push_back(std::move(m));
    BOOST_TEST(messages_of(r) ==
               R"([{"role":"tool","tool_call_id":"c1","content":"one"},)"
               R"({"role":"tool","tool_call_id":"c2","content":"two"},)"
               R"({"role":"user","content":[)"
               R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},)"
               R"({"type":"image_url","image_url":{"url":"https://e.com/2.png"}},)"
               R"({"type":"text","text":"and now?"}]}])");
}

BOOST_AUTO_TEST_CASE(images_of_tools_wait_for_the_last_tool_message) {
    chat_request r;
    r.model = "m";
    for (const char* id : {"c1", "c2"}) {
        message m(role::tool);
        tool_result_part part;
        part.call_id = id;
        part.content.emplace_back(image_part(media::from_url(std::string("https://e.com/") + id)));
        m.add(std::move(part));
        r.messages.push_back(std::move(m));
    }
    r.messages.push_back(message::assistant("done"));
    BOOST_TEST(messages_of(r) ==
               R"([{"role":"tool","tool_call_id":"c1","content":""},)"
               R"({"role":"tool","tool_call_id":"c2","content":""},)"
               R"({"role":"user","content":[)"
               R"({"type":"image_url","image_url":{"url":"https://e.com/c1"}},)"
               R"({"type":"image_url","image_url":{"url":"https://e.com/c2"}}]},)"
               R"({"role":"assistant","content":"done"}])");
    r.messages.pop_back();
    BOOST_TEST(json(encode(r)).at("messages").as_array().size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_said_is_reported) {
    chat_request base("m", "hi");
    {
        auto r = base;
        r.top_k = 5;
        check_drops(r, {{"top_k", true}});
        BOOST_TEST(!json(encode(r)).as_object().contains("top_k"));
    }
    {
        auto r = base;
        r.cache.emplace();
        std::get<text_part>(r.messages[0].content[0]).cache.emplace("1h");
        check_drops(r, {{"messages[0].content[0].cache", true}, {"cache", true}});
    }
    {
        auto r = base;
        message m(role::assistant);
        m.add(thinking_part("why", "sig")).add(text_part("so"));
        r.messages.push_back(m);
        check_drops(r, {{"messages[1].content[0]", true}});
        BOOST_TEST((json(encode(r)).at("messages").at(1) == json(R"({"role":"assistant","content":"so"})")));
    }
    {
        auto r = base;
        r.messages[0].add(opaque_part("anthropic_messages", R"({"type":"server_tool_use"})"));
        tool t;
        t.builtin = opaque_part("gemini_generate", R"({"googleSearch":{}})");
        r.tools.push_back(t);
        r.tool_choice = tool_choice(tool_choice::mode::required);
        r.extra.add("gemini_generate", "safetySettings", "[]");
        check_drops(r, {{"messages[0].content[1]", false}, {"tools[0]", false}, {"tool_choice", true}, {"safetySettings", false}});
        BOOST_TEST(!json(encode(r)).as_object().contains("tools"));
        BOOST_TEST(!json(encode(r)).as_object().contains("tool_choice"));
    }
    {
        auto r = base;
        r.messages[0].add(file_part(media::from_url("https://e.com/a.pdf")));
        r.messages[0].add(image_part(media::from_file_id("f")));
        r.messages[0].add(audio_part(media::from_url("https://e.com/a.wav")));
        r.messages[0].add(audio_part(media::from_base64("audio/ogg", "AAAA")));
        check_drops(r, {{"messages[0].content[1]", false},
                        {"messages[0].content[2]", false},
                        {"messages[0].content[3]", false},
                        {"messages[0].content[4]", false}});
        media picture = media::from_url("https://e.com/a.png");
        picture.media_type = "image/png";
        auto shown = base;
        shown.messages[0].add(file_part(picture));
        check_drops(shown, {});
    }
    {
        auto r = base;
        message m(role::tool);
        tool_result_part part("c", "bad");
        part.is_error = true;
        part.cache.emplace();
        m.add(part).add(text_part("stray"));
        r.messages.push_back(m);
        check_drops(r, {{"messages[1].content[0].is_error", true},
                        {"messages[1].content[0].cache", true},
                        {"messages[1].content[1]", false}});
    }
    {
        auto r = base;
        message m(role::assistant);
        m.add(image_part(media::from_url("https://e.com/a.png")));
        text_part quoted("so");
        quoted.citations.emplace_back();
        quoted.signature = "s";
        m.add(quoted);
        m.extra.add("anthropic_messages", "container", "1");
        r.messages.push_back(m);
        r.reasoning.emplace();
        r.reasoning->include_thoughts = true;
        check_drops(r, {{"messages[1].content[0]", false},
                        {"messages[1].content[1].citations", true},
                        {"messages[1].content[1].signature", true},
                        {"messages[1].container", false},
                        {"reasoning.include_thoughts", true}});
    }
}

BOOST_AUTO_TEST_CASE(assistant_forms) {
    const auto one = [](const message& m) {
        chat_request r;
        r.model = "m";
        r.messages.push_back(m);
        return boost::json::serialize(json(encode(r)).at("messages").at(0));
    };
    message calls(role::assistant);
    calls.add(tool_call_part("c", "f", ""));
    BOOST_TEST(one(calls) == R"({"role":"assistant","content":null,"tool_calls":[)"
                             R"({"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]})");
    message refused(role::assistant);
    refused.add(refusal_part("no"));
    BOOST_TEST(one(refused) == R"({"role":"assistant","content":null,"refusal":"no"})");
    message spoken(role::assistant);
    spoken.add(opaque_part(openai_chat::name,
                           R"({"type":"audio","audio":{"id":"a1","expires_at":1,"data":"AA","transcript":"t"}})"));
    BOOST_TEST(one(spoken) == R"({"role":"assistant","content":null,"audio":{"id":"a1"}})");
    BOOST_TEST(one(message(role::assistant)) == R"({"role":"assistant","content":""})");
    message signed_call(role::assistant);
    tool_call_part call("c", "f", "{}");
    call.signature = "gs";
    signed_call.add(call);
    BOOST_TEST(one(signed_call).find(R"("extra_content":{"google":{"thought_signature":"gs"}})") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_chat_request_unit
