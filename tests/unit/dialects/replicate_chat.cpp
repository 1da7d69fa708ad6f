// SPDX-License-Identifier: BSL-1.0
// Chat with Replicate's models: prompts, members of the models, predictions, streams.
#include <llmx/dialects/replicate/chat.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace replicate_chat_unit {
namespace {

using codec = llmx::replicate_chat;
static_assert(llmx::upstream_chat_codec<codec> && !llmx::facade_codec<codec>);

std::pair<std::string, std::string> encode(const llmx::chat_request& r) {
    std::string out, dropped;
    llmx::drop_report drops;
    const auto done = codec::encode_request(r, llmx::encode_options(), out, drops);
    for (const auto& e : drops.entries()) dropped += (e.hint ? "(" + e.at.text() + ")" : e.at.text()) + " ";
    return {done ? out : "refused: " + done.error().message(), dropped};
}

/// The texts and the kinds of the events of \p stream, fed in pieces of \p size bytes.
std::string read(std::string_view stream, std::size_t size) {
    codec::stream_decoder decoder;
    llmx::event_batch batch;
    std::string seen;
    llmx::result<void> went = llmx::success();
    for (std::size_t at = 0; at < stream.size() && went; at += size) went = decoder.feed(stream.substr(at, size), batch);
    if (went) went = decoder.finish(batch);
    while (const llmx::chat_event* const e = batch.try_next()) {
        if (e->what == llmx::chat_event::kind::start) seen += "<";
        if (e->what == llmx::chat_event::kind::text) seen += e->text;
        if (e->what == llmx::chat_event::kind::finish) seen += ">";
    }
    return went ? seen : seen + "!" + std::string(went.error().provider_message());
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_replicate_chat)

BOOST_AUTO_TEST_CASE(a_text_is_the_prompt_and_a_conversation_is_one_text) {
    llmx::chat_request r("anthropic/claude-4-sonnet", "Hi");
    BOOST_TEST(encode(r).first == R"({"input":{"prompt":"Hi"}})");
    r.messages.insert(r.messages.begin(), llmx::message::system("Be brief."));
    r.messages.push_back(llmx::message::assistant("Hello."));
    r.messages.push_back(llmx::message::user("And?"));
    r.max_output_tokens = 5;
    r.temperature = 0.5;
    r.stop = {"a", "b,c", "d"};
    const auto [body, dropped] = encode(r);
    BOOST_TEST(body == R"({"input":{"prompt":"User: Hi\n\nAssistant: Hello.\n\nUser: And?\n\nAssistant:","system_prompt":"Be brief.",)"
                       R"("max_tokens":5,"temperature":0.5,"stop_sequences":"a,d"}})");
    BOOST_TEST(dropped == "stop[1] ");
    BOOST_TEST(encode(llmx::chat_request("m", "")).first.starts_with("refused: "));
}

BOOST_AUTO_TEST_CASE(models_have_their_makers_words) {
    llmx::chat_request r("openai/gpt-5", "Hi");
    r.max_output_tokens = 5;
    r.reasoning.emplace(llmx::reasoning_effort::low);
    r.extra.add("openai_chat", "verbosity", "\"low\"");
    r.tools.emplace_back();
    const auto [body, dropped] = encode(r);
    BOOST_TEST(body == R"({"input":{"prompt":"Hi","max_completion_tokens":5,"reasoning_effort":"low","verbosity":"low"}})");
    BOOST_TEST(dropped == "tools ");
    r = llmx::chat_request("meta/llama-2-70b-chat:abc", "Hi");
    r.max_output_tokens = 5;
    BOOST_TEST(encode(r).first == R"({"version":"abc","input":{"prompt":"Hi","max_new_tokens":5}})");
    BOOST_TEST(encode(llmx::chat_request("abc", "Hi")).first == R"({"version":"abc","input":{"prompt":"Hi"}})");
}

BOOST_AUTO_TEST_CASE(a_prediction_is_a_reply) {
    const auto r = codec::decode_reply(R"({"id":"p1","model":"meta/llama","status":"succeeded","error":null,"output":["Hel","lo"," \u00e9"],)"
                                       R"("metrics":{"input_token_count":3,"output_token_count":2}})");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->text() == "Hello \u00e9");
    BOOST_TEST(r->usage.input_tokens == 3);
    BOOST_TEST(r->usage.output_tokens == 2);
    BOOST_TEST(codec::scan_usage(R"({"output":"x","metrics":{"input_token_count":3,"output_token_count":2}})").output_tokens == 2);
    BOOST_TEST(codec::decode_reply(R"({"status":"succeeded","output":"Hi"})").value().text() == "Hi");
    BOOST_TEST(codec::decode_reply(R"({"status":"succeeded","output":[]})").value().text() == "");
    BOOST_TEST((codec::decode_reply(R"({"status":"failed","error":"x","output":null})").error().value() == llmx::errc::provider_internal));
    BOOST_TEST((codec::decode_reply(R"({"status":"succeeded","output":null})").error().value() == llmx::errc::bad_response));
    BOOST_TEST((codec::decode_reply("[").error().value() == llmx::errc::bad_response));
    BOOST_TEST(codec::decode_error(R"({"title":"Unauthenticated","detail":"no key","status":401})").message == "no key");
}

BOOST_AUTO_TEST_CASE(a_stream_ends_with_done_or_is_broken) {
    const std::string good = "event: output\nid: 1\ndata: Hel\n\nevent: output\ndata: lo\ndata: \n\nevent: done\ndata: {}\n\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, good.size()}) BOOST_TEST(read(good, size) == "<Hello\n>");
    BOOST_TEST(read("event: output\ndata: Hel\n\n", 99) == "<Hel!");
    BOOST_TEST(read("event: output\ndata: Hel\n\nevent: error\ndata: boom\n\n", 99) == "<Hel!boom");
    BOOST_TEST(read("event: done\ndata: {\"reason\":\"canceled\"}\n\n", 99) == "!canceled");
    codec::stream_watch watch;
    BOOST_TEST(!watch.feed("event: output\ndata: H").begun);
    BOOST_TEST(watch.feed("i\n\n").begun);
    BOOST_TEST(watch.feed("event: done\ndata: {}\n\n").complete);
    BOOST_TEST(codec::stream_watch().feed("event: error\ndata: x\n\n").failed);
    // A model without streams.
    std::string events;
    codec::write_events(R"({"output":["a\nb","c\r\n"]})", events);
    BOOST_TEST(events == "event: output\ndata: a\ndata: bc\ndata: \n\nevent: done\ndata: {}\n\n");
    BOOST_TEST(read(events, 3) == "<a\nbc\n>");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace replicate_chat_unit
