// SPDX-License-Identifier: BSL-1.0
#include "openai_responses_support.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace openai_responses_request_unit {

namespace {

using namespace llmx;
using namespace openai_responses_test;

chat_request read(std::string_view body) {
    auto r = decode(body);
    if (!r) throw call_failed(r.error());
    return std::move(*r);
}

template <class D> std::string written(std::string_view body) {
    const chat_request r = read(body);
    chat_request fitted = r;
    tool_names names;
    if (!tool_names::fit(fitted, D::tool_names)) names.make_fit(fitted, D::tool_names);
    drop_report drops;
    const std::string out = encode_in<D>(fitted, drops);
    for (const std::string& lost : losses(drops, r)) BOOST_ERROR(std::string(D::name) << " loses " << lost);
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_openai_responses_request)

BOOST_AUTO_TEST_CASE(a_text_is_a_message_of_the_user_and_instructions_are_the_first_system_message) {
    const chat_request r = read(R"({"model":"m","instructions":"be brief","input":"hi"})");
    BOOST_REQUIRE_EQUAL(r.messages.size(), 2u);
    BOOST_TEST((r.messages[0] == message::system("be brief")));
    BOOST_TEST((r.messages[1] == message::user("hi")));
    const auto wire = json(encode(r));
    BOOST_TEST(wire.at("instructions").as_string() == "be brief");
    BOOST_TEST(text_of(wire.at("input")) == R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}])");
}

BOOST_AUTO_TEST_CASE(items_of_the_model_are_one_message_and_results_are_another) {
    const chat_request r = read(codex_request);
    BOOST_REQUIRE_EQUAL(r.messages.size(), 6u);
    const message& turn = r.messages[3];
    BOOST_TEST((turn.from == role::assistant));
    BOOST_REQUIRE_EQUAL(turn.content.size(), 4u);
    const auto& thought = std::get<thinking_part>(turn.content[0]);
    BOOST_TEST(thought.text == "think");
    BOOST_TEST(thought.signature == "c2ln");
    BOOST_TEST(thought.signer == "gemini_generate");
    BOOST_TEST(std::get<tool_call_part>(turn.content[1]).name == "shell");
    BOOST_TEST(std::get<tool_call_part>(turn.content[2]).name == "mcp__files.list");
    BOOST_TEST(std::get<tool_call_part>(turn.content[3]).arguments == R"({"input":"*** Begin Patch"})");
    BOOST_TEST((r.messages[4].from == role::tool));
    BOOST_REQUIRE_EQUAL(r.messages[4].content.size(), 3u);
    BOOST_TEST(std::get<tool_result_part>(r.messages[4].content[1]).content.size() == 2u);
    BOOST_REQUIRE_EQUAL(r.tools.size(), 5u);
    BOOST_TEST(r.tools[3].name == "mcp__files.read");
    BOOST_TEST((r.tools[4].kind == builtin_kind::web_search));
    BOOST_TEST((r.reasoning->effort == reasoning_effort::medium));
    BOOST_TEST(r.reasoning->include_thoughts.value());
    BOOST_TEST(r.stream);
}

BOOST_AUTO_TEST_CASE(what_codex_sends_is_lost_over_no_vendor) {
    const auto chat_wire = json(written<openai_chat>(codex_request));
    BOOST_TEST(chat_wire.at("messages").as_array().size() == 8u); // an image of a result is in the next user's message
    BOOST_TEST(chat_wire.at("tools").as_array().size() == 4u);    // the search is for the model to use or not
    BOOST_TEST(chat_wire.at("reasoning_effort").as_string() == "medium");
    const auto claude = json(written<anthropic_messages>(codex_request));
    BOOST_TEST(claude.at("tools").as_array().size() == 5u);
    const auto google = json(written<gemini_generate>(codex_request));
    BOOST_TEST(text_of(google.at("tools")).find("functionDeclarations") != std::string::npos);
    BOOST_TEST(text_of(google.at("contents")).find("c2ln") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_request_reads_back_as_it_was_written) {
    const std::string_view bodies[] = {
        codex_request,
        R"({"model":"m","input":"hi","store":true})",
        R"({"model":"m","input":"hi","max_output_tokens":9,"temperature":0.5,"top_p":0.4,"top_logprobs":3,"user":"u","service_tier":"flex",
            "metadata":{"a":"b"},"include":["message.output_text.logprobs","file_search_call.results"],"truncation":"auto","max_tool_calls":3})",
        R"({"model":"m","input":"hi","text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true,"description":"d"},
            "verbosity":"high"}})",
        R"({"model":"m","input":"hi","text":{"format":{"type":"json_object"}},"reasoning":{"effort":"high","summary":"detailed"}})",
        R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://h/i.png","detail":"low"},{"type":"input_image",
            "file_id":"file-1"},
            {"type":"input_file","file_url":"https://h/a.pdf"},{"type":"input_file","filename":"a.pdf",
                "file_data":"data:application/pdf;base64,JVBERi0="}]},
            {"type":"message","role":"assistant","id":"msg_1","status":"completed","phase":"commentary","content":[{"type":"output_text",
                "text":"one","annotations":[]}]},
            {"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"no"}]},{"role":"system","content":"s"}]})",
        R"({"model":"m","input":"hi","tools":[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{}}},
            {"type":"custom","name":"c"}],
            "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"c"}]}})",
        R"({"model":"m","input":"hi","tools":[{"type":"mcp","server_label":"s","server_url":"https://s"}],"tool_choice":{"type":"mcp",
            "server_label":"s"}})",
        R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search",
            "query":"q"}},
            {"type":"message","role":"assistant","content":"found"},{"type":"computer_call","id":"c","call_id":"c1","action":{"type":"wait"},
                "pending_safety_checks":[],"status":"completed"},
            {"type":"computer_call_output","call_id":"c1","output":{"type":"computer_screenshot","image_url":"https://h/s.png"}},{"role":"user",
                "content":"next"}]})",
        R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text",
            "text":"raw"}],"encrypted_content":"e"},
            {"type":"reasoning","summary":[],"encrypted_content":"llmx::next:c2ln"},{"type":"function_call","call_id":"c1","name":"f",
                "arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"r"}]})",
    };
    for (const std::string_view body : bodies) {
        chat_request once = read(body);
        const std::string wire = encode(once);
        chat_request again = read(wire);
        BOOST_TEST_CONTEXT(wire) {
            again.model = once.model; // options name another
            for (chat_request* const r : {&once, &again}) // a signature of another vendor is not sent to this one
                for (message& m : r->messages)
                    std::erase_if(m.content, [](content_part& p) {
                        if (auto* const call = std::get_if<tool_call_part>(&p)) call->signature.clear();
                        const auto* const t = std::get_if<thinking_part>(&p);
                        return t != nullptr && t->signer != openai_responses::name && t->extra.empty();
                    });
            for (std::size_t i = 0; i < std::min(once.messages.size(), again.messages.size()); ++i)
                BOOST_TEST((once.messages[i] == again.messages[i]), "message " << i);
            BOOST_TEST((once.tools == again.tools));
            BOOST_TEST((once.extra == again.extra));
            BOOST_TEST((once == again));
        }
    }
}

BOOST_AUTO_TEST_CASE(state_that_only_the_vendor_has_is_refused_over_another_and_written_for_it) {
    const std::string_view members[] = {R"("previous_response_id":"resp_1")", R"("conversation":"conv_1")", R"("prompt":{"id":"pmpt_1"})",
                                        R"("background":true)"};
    for (const std::string_view member : members) {
        const chat_request r = read(std::string(R"({"model":"m","input":"hi",)").append(member).append("}"));
        drop_report drops;
        std::string out;
        const auto refused = openai_chat::encode_request(r, encode_options(), out, drops);
        BOOST_REQUIRE_MESSAGE(refused.has_error(), member << " is left out");
        BOOST_TEST((refused.error().value() == errc::unsupported_parameter || refused.error().value() == errc::invalid_request));
        BOOST_TEST(encode(r).find(member) != std::string::npos);
    }
    for (const std::string_view item :
         {R"({"type":"item_reference","id":"msg_1"})", R"({"id":"msg_1"})", R"({"type":"compaction","encrypted_content":"e"})"}) {
        const chat_request r = read(std::string(R"({"model":"m","input":[{"role":"user","content":"q"},)").append(item).append("]}"));
        drop_report drops;
        std::string out;
        BOOST_TEST(anthropic_messages::encode_request(r, encode_options(), out, drops).has_error(), item << " is left out");
        BOOST_TEST(encode(r).find(item) != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(defaults_are_as_absent_members) {
    const chat_request bare = read(R"({"model":"m","input":"hi","store":false})");
    for (const std::string_view member :
         {R"("background":false)", R"("truncation":"disabled")", R"("tools":[])", R"("metadata":null)",
          R"("text":{"format":{"type":"text"}})", R"("reasoning":null)",
          R"("include":[])", R"("previous_response_id":null)", R"("stream":false)", R"("instructions":"")", R"("metadata":{})"}) {
        const chat_request r = read(std::string(R"({"model":"m","input":"hi","store":false,)").append(member).append("}"));
        drop_report drops;
        encode_in<anthropic_messages>(r, drops);
        BOOST_TEST(drops.count() == 0u, member << " is reported");
        BOOST_TEST(encode(r) == encode(bare), member << " is not as absent");
    }
}

BOOST_AUTO_TEST_CASE(a_mistake_names_the_member) {
    const auto fault = [](std::string_view body) {
        const auto r = decode(body);
        return r ? std::string("none") : std::string(r.error().message());
    };
    BOOST_TEST(fault(R"({"input":"hi"})").starts_with("model:"));
    BOOST_TEST(fault(R"({"model":"m"})").starts_with("input:"));
    BOOST_TEST(fault(R"({"model":"m","input":[{"role":"user","content":"a"},{"type":"function_call","name":"f"}]})").starts_with("input[1].call_id:"));
    BOOST_TEST(fault(R"({"model":"m","input":[{"role":"robot","content":"a"}]})").starts_with("input[0].role:"));
    BOOST_TEST(fault(R"({"model":"m","input":"a","tools":[{"type":"namespace","name":"n"}]})").starts_with("tools[0].tools:"));
}

BOOST_AUTO_TEST_CASE(a_loss_is_named_as_the_caller_wrote_it) {
    const chat_request r = read(R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"message","role":"assistant","content":"a"},
        {"type":"future_call","id":"c","call_id":"c1","action":{"type":"wait"},"pending_safety_checks":[],"status":"completed"}],
        "tools":[{"type":"function","name":"f"},{"type":"file_search","vector_store_ids":["v"]}]})");
    drop_report drops;
    encode_in<openai_chat>(r, drops);
    const std::vector<std::string> expected = {"input[2]", "tools[1]"};
    BOOST_TEST(losses(drops, r) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_scan_finds_what_routing_needs) {
    const std::string_view body = R"({"model":"a","input":"hi","stream":true,"max_output_tokens":7})";
    const auto head = openai_responses::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    BOOST_TEST(head->model == "a");
    BOOST_TEST(head->stream);
    BOOST_TEST(head->max_output_tokens == 7);
    BOOST_TEST(openai_responses::scan_request(R"({"model":"a","Model":"b","input":"hi"})", request_target()).has_error());
    BOOST_TEST(openai_responses::scan_request(R"({"model":"a","input":5})", request_target()).has_error());
    BOOST_TEST(openai_responses::has_foreign_signature(codex_request));
    BOOST_TEST(!openai_responses::has_foreign_signature(body));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace openai_responses_request_unit
