// SPDX-License-Identifier: BSL-1.0
// Each kind of fault that users reported of conversations with tools, in each direction: ids, calls without arguments, types of
// media, the order of turns, results that are text, halves of surrogate pairs.
#include "bedrock_converse_support.hpp"
#include "translation_support.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <vector>

namespace field_matrix_unit {

using namespace llmx;
using translation_test::request;

namespace {

/// A provider's language: its requests, and where calls and results are in them.
struct target {
    std::string_view name;
    std::function<request(const chat_request&)> encode;
    /// The ids of calls and of results, in the order in which they are written.
    std::function<std::pair<std::vector<std::string>, std::vector<std::string>>(const request&)> ids;
    std::size_t longest;
    std::string_view marks;
};

bool fits(const target& to, std::string_view id) {
    return !id.empty() && id.size() <= to.longest &&
           (to.marks.empty() || std::all_of(id.begin(), id.end(), [&to](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || to.marks.find(c) != std::string_view::npos;
            }));
}

/// Ids in the elements of each message's \p list: a call's at \p call, a result's at \p result.
auto ids_in(std::string_view messages, std::string_view list, std::string_view call, std::string_view answer) {
    return [=](const request& r) {
        std::pair<std::vector<std::string>, std::vector<std::string>> all;
        for (std::size_t m = 0; !r.at(std::string(messages) + "/" + std::to_string(m)).is_null(); ++m)
            for (std::size_t i = 0; i < 8; ++i) {
                const std::string at = std::string(messages) + "/" + std::to_string(m) + std::string(list) + "/" + std::to_string(i);
                if (const std::string id = r.text(at + std::string(call)); id != "null") all.first.push_back(id);
                if (const std::string id = r.text(at + std::string(answer)); id != "null") all.second.push_back(id);
            }
        return all;
    };
}

std::vector<target> targets() {
    std::vector<target> all;
    all.push_back(target{"openai", [](const chat_request& r) { return request::of<openai_chat>(r); }, {}, 40, ""});
    all.back().ids = [](const request& r) {
        std::pair<std::vector<std::string>, std::vector<std::string>> ids;
        for (std::size_t m = 0; !r.at("/messages/" + std::to_string(m)).is_null(); ++m) {
            const std::string at = "/messages/" + std::to_string(m);
            for (std::size_t i = 0; i < 8; ++i)
                if (const std::string id = r.text(at + "/tool_calls/" + std::to_string(i) + "/id"); id != "null") ids.first.push_back(id);
            if (const std::string id = r.text(at + "/tool_call_id"); id != "null") ids.second.push_back(id);
        }
        return ids;
    };
    all.push_back(target{"anthropic", [](const chat_request& r) { return request::of<anthropic_messages>(r); },
                         ids_in("/messages", "/content", "/id", "/tool_use_id"), 64, "_-"});
    all.push_back(target{"gemini", [](const chat_request& r) { return request::of<gemini_generate>(r); },
                         ids_in("/contents", "/parts", "/functionCall/id", "/functionResponse/id"), 1000, ""});
    all.push_back(target{"bedrock", [](const chat_request& r) { return request::of<bedrock_converse>(r); },
                         ids_in("/messages", "/content", "/toolUse/toolUseId", "/toolResult/toolUseId"), 64, "_-.:"});
    all.push_back(target{"cohere", [](const chat_request& r) { return request::of<cohere_chat>(r); }, all.front().ids, 64, ""});
    all.push_back(target{"ollama", [](const chat_request& r) { return request::of<ollama_chat>(r); }, all.front().ids, 64, ""});
    all.push_back(target{"mistral", [](const chat_request& r) { return request::of<mistral_chat>(r); }, all.front().ids, 40, ""});
    return all;
}

chat_request conversation(const std::vector<std::string>& ids, std::size_t turns) {
    chat_request r("m", "q");
    r.tools.emplace_back("look", "", R"({"type":"object","properties":{}})");
    for (std::size_t t = 0; t < turns; ++t) {
        message calls(role::assistant);
        for (const std::string& id : ids) calls.add(tool_call_part(id, "look", "{}"));
        r.messages.push_back(calls);
        for (const std::string& id : ids) r.messages.push_back(message(role::tool).add(tool_result_part(id, "r")));
        r.messages.push_back(message(role::assistant).add(text_part("so")));
        r.messages.push_back(message::user("and?"));
    }
    return r;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_field_matrix)

BOOST_AUTO_TEST_CASE(ids_of_calls_are_within_each_vendors_rules_in_every_turn) {
    const std::string longer(300, 'x');
    const std::vector<std::string> foreign = {"call:1/a b",
                                              "call:1/a_b",
                                              longer + "1",
                                              longer + "2",
                                              "r\xC3\xBC" + std::string(30, 'u') + "\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC",
                                              "toolu_1",
                                              std::string(41, 'k'),
                                              std::string(65, 'k')};
    for (const target& to : targets()) {
        BOOST_TEST_CONTEXT(to.name) {
            const auto [calls, results] = to.ids(to.encode(conversation(foreign, 1)));
            BOOST_TEST(calls.size() == foreign.size());
            BOOST_TEST(calls == results, boost::test_tools::per_element());
            for (const std::string& id : calls) BOOST_TEST(fits(to, id), id);
            BOOST_TEST(std::set<std::string>(calls.begin(), calls.end()).size() == foreign.size());
            // Earlier turns stay as they were when there are more of them.
            const auto later = to.ids(to.encode(conversation(foreign, 3))).first;
            BOOST_TEST(std::vector<std::string>(later.begin(), later.begin() + static_cast<std::ptrdiff_t>(calls.size())) == calls,
                       boost::test_tools::per_element());
            // An id that fits is the vendor's own, perhaps: it stays.
            BOOST_TEST(to.ids(to.encode(conversation({"call_abc-1"}, 1))).first.at(0) == "call_abc-1");
        }
    }
}

BOOST_AUTO_TEST_CASE(ids_that_repeat_in_later_turns_are_different_calls) {
    for (const target& to : targets()) {
        BOOST_TEST_CONTEXT(to.name) {
            const auto [calls, results] = to.ids(to.encode(conversation({"call_0", "call_0", "call_1"}, 3)));
            BOOST_TEST(calls.size() == 9u);
            BOOST_TEST(calls == results, boost::test_tools::per_element());
            for (const std::string& id : calls) BOOST_TEST(fits(to, id), id);
            // Google takes them as they are.
            if (to.name != "gemini") BOOST_TEST(std::set<std::string>(calls.begin(), calls.end()).size() == 9u);
        }
    }
}

BOOST_AUTO_TEST_CASE(calls_without_ids_get_one_where_one_is_demanded) {
    chat_request r = conversation({"", ""}, 2);
    for (message& m : r.messages)
        for (content_part& part : m.content)
            if (auto* const answer = std::get_if<tool_result_part>(&part)) answer->name = "look";
    for (const target& to : targets()) {
        if (to.name == "gemini") continue;
        BOOST_TEST_CONTEXT(to.name) {
            const auto [calls, results] = to.ids(to.encode(r));
            BOOST_TEST(calls == results, boost::test_tools::per_element());
            BOOST_TEST(std::set<std::string>(calls.begin(), calls.end()).size() == 4u);
        }
    }
}

BOOST_AUTO_TEST_CASE(results_are_directly_behind_their_calls_whatever_was_between) {
    chat_request r("m", "q");
    r.tools.emplace_back("look", "", R"({"type":"object","properties":{}})");
    r.messages.push_back(message(role::assistant).add(text_part("one")).add(tool_call_part("a", "look", "{}")));
    r.messages.push_back(message(role::assistant).add(text_part("two")).add(tool_call_part("b", "look", "{}")));
    r.messages.push_back(message::user("by the way"));
    message mixed(role::user);
    mixed.add(text_part("first")).add(tool_result_part("b", "rb")).add(text_part("last"));
    r.messages.push_back(mixed);
    r.messages.push_back(message(role::system).add(text_part("be kind")));
    r.messages.push_back(message(role::tool).add(tool_result_part("a", "ra")));
    r.messages.push_back(message(role::assistant).add(text_part("done")));
    r.messages.push_back(message::user("thanks"));
    const request openai = request::of<openai_chat>(r);
    BOOST_TEST(openai.text("/messages/1/tool_calls/0/id") == "a");
    BOOST_TEST(openai.text("/messages/1/tool_calls/1/id") == "b");
    BOOST_TEST(openai.text("/messages/1/content/0/text") == "one");
    BOOST_TEST(openai.text("/messages/1/content/1/text") == "two");
    BOOST_TEST(openai.text("/messages/2/tool_call_id") == "b");
    BOOST_TEST(openai.text("/messages/3/tool_call_id") == "a");
    BOOST_TEST(openai.text("/messages/4/content") == "by the way");
    BOOST_TEST(openai.text("/messages/5/content/0/text") == "first");
    BOOST_TEST(openai.text("/messages/5/content/1/text") == "last");
    BOOST_TEST(openai.text("/messages/6/role") == "system");
    BOOST_TEST(openai.text("/messages/7/content") == "done");
    BOOST_TEST(openai.text("/messages/8/content") == "thanks");
    BOOST_TEST(openai.at("/messages").as_array().size() == 9u);
    const request claude = request::of<anthropic_messages>(r);
    BOOST_TEST(claude.text("/messages/1/content/0/text") == "one");
    BOOST_TEST(claude.text("/messages/1/content/3/id") == "b");
    BOOST_TEST(claude.text("/messages/2/content/0/tool_use_id") == "b");
    BOOST_TEST(claude.text("/messages/2/content/1/tool_use_id") == "a");
    BOOST_TEST(claude.text("/messages/2/content/2/text") == "by the way");
    BOOST_TEST(claude.text("/messages/2/content/4/text") == "last");
    BOOST_TEST(claude.text("/messages/3/content/0/text") == "done");
    const request converse = request::of<bedrock_converse>(r);
    BOOST_TEST(converse.text("/messages/2/content/0/toolResult/toolUseId") == "b");
    BOOST_TEST(converse.text("/messages/2/content/1/toolResult/toolUseId") == "a");
    BOOST_TEST(converse.text("/messages/2/content/2/text") == "by the way");
    const request gemini = request::of<gemini_generate>(r);
    BOOST_TEST(gemini.text("/contents/1/parts/3/functionCall/id") == "b");
    BOOST_TEST(gemini.text("/contents/2/parts/0/functionResponse/id") == "b");
    BOOST_TEST(gemini.text("/contents/2/parts/1/functionResponse/id") == "a");
    BOOST_TEST(gemini.at("/contents/2/parts").as_array().size() == 2u);
    BOOST_TEST(gemini.text("/contents/3/parts/0/text") == "by the way");
    BOOST_TEST(gemini.text("/contents/3/parts/2/text") == "last");
    BOOST_TEST(gemini.text("/contents/4/parts/0/text") == "done");
    // An image of a result that comes late is behind all results.
    std::get<tool_result_part>(r.messages[6].content[0]).content.emplace_back(image_part(media::from_base64("image/png", "iVBORw0KGgo=")));
    BOOST_TEST(request::of<openai_chat>(r).text("/messages/4/content/0/type") == "image_url");
    BOOST_TEST(request::of<gemini_generate>(r).text("/contents/2/parts/2/inlineData/mimeType") == "image/png");
}

BOOST_AUTO_TEST_CASE(the_bytes_decide_what_media_are_also_in_results) {
    constexpr std::string_view jpeg = "/9j/4AAQ", pdf = "JVBERi0xLjQK", png = "iVBORw0KGgo=";
    const auto image = [](std::string_view type, std::string_view data) { return image_part(media::from_base64(std::string(type), std::string(data))); };
    const auto file = [](std::string_view type, std::string_view data) { return file_part(media::from_base64(std::string(type), std::string(data))); };
    using piece = std::variant<text_part, image_part, file_part>;
    struct row {
        piece what;
        std::string_view type;
    };
    const row rows[] = {{image("image/png", jpeg), "image/jpeg"}, {image("image/png", pdf), "application/pdf"},
                        {image("", png), "image/png"},            {file("application/pdf", png), "image/png"},
                        {file("application/octet-stream", pdf), "application/pdf"}, {file("", jpeg), "image/jpeg"}};
    for (const bool in_result : {false, true})
        for (const row& one : rows) {
            BOOST_TEST_CONTEXT(one.type << (in_result ? " in a result" : "")) {
                chat_request r("m", "q");
                if (in_result) {
                    r.messages.push_back(message(role::assistant).add(tool_call_part("a", "look", "{}")));
                    tool_result_part answer("a", "see");
                    answer.content.push_back(one.what);
                    r.messages.push_back(message(role::tool).add(std::move(answer)));
                } else {
                    message m = message::user("see");
                    std::visit([&m](const auto& part) { m.add(part); }, one.what);
                    r.messages.push_back(m);
                }
                const bool is_pdf = one.type == "application/pdf";
                const request openai = request::of<openai_chat>(r);
                // Images and files of results are in the user's message behind them.
                const std::string part = in_result ? "/messages/3/content/0" : "/messages/1/content/1";
                const std::string url = openai.text(part + (is_pdf ? "/file/file_data" : "/image_url/url"));
                BOOST_TEST(url.starts_with("data:" + std::string(one.type) + ";base64,"), url);
                if (is_pdf) BOOST_TEST(openai.text(part + "/file/filename") == "document.pdf");
                const request claude = request::of<anthropic_messages>(r);
                const std::string block = in_result ? "/messages/2/content/0/content/1" : "/messages/0/content/2";
                BOOST_TEST(claude.text(block + "/type") == (is_pdf ? "document" : "image"));
                BOOST_TEST(claude.text(block + "/source/media_type") == one.type);
                const request gemini = request::of<gemini_generate>(r);
                const std::string data = in_result ? "/contents/2/parts/1" : "/contents/0/parts/2";
                BOOST_TEST(gemini.text(data + "/inlineData/mimeType") == one.type);
                const request converse = request::of<bedrock_converse>(r);
                const std::string source = in_result ? "/messages/2/content/0/toolResult/content/1" : "/messages/0/content/2";
                BOOST_TEST(converse.text(source + (is_pdf ? "/document/format" : "/image/format")) ==
                           (is_pdf ? std::string_view("pdf") : one.type.substr(6)));
                for (const request& done : {openai, claude, gemini, converse})
                    BOOST_TEST(done.drops().find('!') == std::string::npos, done.drops());
            }
        }
}

BOOST_AUTO_TEST_CASE(results_that_are_text_at_heart_stay_text) {
    constexpr std::string_view body = R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},
        {"role":"assistant","content":[{"type":"tool_use","id":"a","name":"find","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"see"},
            {"type":"tool_reference","tool_name":"mcp__a__b"},
            {"type":"search_result","title":"T","source":"https://example.com","content":[{"type":"text","text":"found"}]},
            {"type":"document","title":"D","source":{"type":"text","media_type":"text/plain","data":"words"}},
            {"type":"document","source":{"type":"content","content":[{"type":"text","text":"more"}]}}]}]}]})";
    const request openai = request::of<anthropic_messages, openai_chat>(body);
    const std::string_view texts[] = {"see", "mcp__a__b", "T\nhttps://example.com\nfound", "words", "more"};
    for (std::size_t i = 0; i < std::size(texts); ++i)
        BOOST_TEST(openai.text("/messages/2/content/" + std::to_string(i) + "/text") == texts[i]);
    BOOST_TEST(openai.at("/messages").as_array().size() == 3u);
    const request gemini = request::of<anthropic_messages, gemini_generate>(body);
    BOOST_TEST(gemini.text("/contents/2/parts/0/functionResponse/response/result") ==
               "see\nmcp__a__b\nT\nhttps://example.com\nfound\nwords\nmore");
    BOOST_TEST(gemini.at("/contents/2/parts").as_array().size() == 1u);
    const request converse = request::of<anthropic_messages, bedrock_converse>(body);
    for (std::size_t i = 0; i < 3; ++i)
        BOOST_TEST(converse.text("/messages/2/content/0/toolResult/content/" + std::to_string(i) + "/text") == texts[i]);
    for (const request& done : {openai, gemini, converse}) BOOST_TEST(done.drops().find('!') == std::string::npos, done.drops());
    // Claude gets them as they came.
    const request claude = request::of<anthropic_messages, anthropic_messages>(body);
    BOOST_TEST(claude.text("/messages/2/content/0/content/3/source/type") == "text");
    BOOST_TEST(claude.text("/messages/2/content/0/content/4/source/type") == "content");
}

BOOST_AUTO_TEST_CASE(arguments_that_are_no_json_do_not_end_a_conversation) {
    for (const std::string_view broken : {R"({"a":1)", "[1]", "not json", "null", R"({"a":"\ud83d"})"}) {
        chat_request r("m", "q");
        r.messages.push_back(message(role::assistant).add(tool_call_part("a", "look", std::string(broken))));
        r.messages.push_back(message(role::tool).add(tool_result_part("a", "r")));
        BOOST_TEST(request::of<openai_chat>(r).text("/messages/1/tool_calls/0/function/arguments") == broken);
        BOOST_TEST(request::of<anthropic_messages>(r).at("/messages/1/content/0/input").is_object());
        BOOST_TEST(request::of<gemini_generate>(r).at("/contents/1/parts/0/functionCall/args").is_object());
        BOOST_TEST(request::of<bedrock_converse>(r).at("/messages/1/content/0/toolUse/input").is_object());
    }
}

namespace {

std::string openai_chunk(std::string_view delta, std::string_view finish = "null") {
    return "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":" + std::string(delta) + ",\"finish_reason\":" + std::string(finish) + "}]}\n\n";
}
std::string claude_event(std::string_view type, std::string_view members) {
    return "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type) + "\"" + std::string(members) + "}\n\n";
}
std::string gemini_chunk(std::string_view part, std::string_view rest = "") {
    return "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + std::string(part) + "]},\"index\":0" + std::string(rest) + "}]}\n\n";
}
const std::string claude_begin = claude_event("message_start", R"(,"message":{"id":"m","model":"c","content":[]})");
std::string claude_end(std::string_view reason) {
    return claude_event("message_delta", R"(,"delta":{"stop_reason":")" + std::string(reason) + R"("},"usage":{"output_tokens":1})") +
           claude_event("message_stop", "");
}

/// What each façade sends for the stream of a vendor.
template <class From> std::vector<std::pair<std::string_view, std::string>> each_facade(std::string_view bytes) {
    return {{"openai", translation_test::stream<From, openai_chat>(bytes)},
            {"anthropic", translation_test::stream<From, anthropic_messages>(bytes)},
            {"gemini", translation_test::stream<From, gemini_generate>(bytes)},
            {"cohere", translation_test::stream<From, cohere_chat>(bytes)},
            {"ollama", translation_test::stream<From, ollama_chat>(bytes)},
            {"mistral", translation_test::stream<From, mistral_chat>(bytes)}};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_call_without_arguments_is_an_empty_object_from_each_vendor_to_each_facade) {
    using namespace std::string_literals;
    std::vector<std::pair<std::string, std::vector<std::pair<std::string_view, std::string>>>> streams;
    const std::string done = openai_chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
    for (const std::string_view arguments : {R"(,"arguments":"")", "", R"(,"arguments":null)", R"(,"arguments":"{}")"})
        streams.emplace_back("openai " + std::string(arguments),
                             each_facade<openai_chat>(openai_chunk(R"({"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"now")" +
                                                                   std::string(arguments) + "}}]}") + done));
    for (const std::string_view delta : {"", R"("")", R"("{}")"})
        streams.emplace_back("anthropic " + std::string(delta),
                             each_facade<anthropic_messages>(
                                 claude_begin +
                                 claude_event("content_block_start", R"(,"index":0,"content_block":{"type":"tool_use","id":"a","name":"now","input":{}})") +
                                 (delta.empty() ? ""s : claude_event("content_block_delta", R"(,"index":0,"delta":{"type":"input_json_delta","partial_json":)" +
                                                                                                std::string(delta) + "}")) +
                                 claude_event("content_block_stop", R"(,"index":0)") + claude_end("tool_use")));
    for (const std::string_view args : {"", R"(,"args":{})", R"(,"args":null)"})
        streams.emplace_back("gemini " + std::string(args),
                             each_facade<gemini_generate>(gemini_chunk(R"({"functionCall":{"id":"a","name":"now")" + std::string(args) + "}}",
                                                                       R"(,"finishReason":"STOP")")));
    const auto cohere = [](std::string_view type, std::string_view rest) { return claude_event(type, rest); };
    for (const bool delta : {false, true})
        streams.emplace_back(
            "cohere", each_facade<cohere_chat>(
                          cohere("message-start", R"(,"id":"c")") +
                          cohere("tool-call-start", R"(,"index":0,"delta":{"message":{"tool_calls":{"id":"a","type":"function",)"
                              R"("function":{"name":"now","arguments":""}}}})") +
                          (delta ? cohere("tool-call-delta", R"(,"index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{}"}}}})") : ""s) +
                          cohere("tool-call-end", R"(,"index":0)") + cohere("message-end", R"(,"delta":{"finish_reason":"TOOL_CALL"})")));
    for (const std::string_view arguments : {"", R"(,"arguments":{})", R"(,"arguments":null)"})
        streams.emplace_back("ollama", each_facade<ollama_chat>(R"({"model":"m","message":{"content":"","tool_calls":[{"function":{"name":"now")" +
                                                                std::string(arguments) + "}}]},\"done\":false}\n{\"model\":\"m\",\"done\":true}\n"));
    using bedrock_test::event;
    for (const bool delta : {false, true})
        streams.emplace_back("bedrock", each_facade<bedrock_converse>(
                                            event("messageStart", R"({"role":"assistant"})") +
                                            event("contentBlockStart", R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"a","name":"now"}}})") +
                                            (delta ? event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":""}}})") : ""s) +
                                            event("contentBlockStop", R"({"contentBlockIndex":0})") + event("messageStop", R"({"stopReason":"tool_use"})")));
    for (const auto& [from, facades] : streams)
        for (const auto& [facade, sent] : facades) {
            BOOST_TEST_CONTEXT(from << " to " << facade) {
                std::string arguments, name;
                if (facade == "gemini" || facade == "ollama") {
                    const std::string_view call = facade == "gemini" ? R"("name":"now","args":{})" : R"("name":"now","arguments":{})";
                    BOOST_TEST(sent.find(call) != std::string::npos, sent);
                    continue;
                }
                // As a client joins them.
                const bool openai_form = facade == "openai" || facade == "mistral";
                const std::string_view member = openai_form ? R"("arguments":")" : facade == "cohere" ? R"({"arguments":")" : R"("partial_json":")";
                for (auto at = sent.find(member); at != std::string::npos; at = sent.find(member, at)) {
                    at += member.size();
                    arguments += sent.substr(at, sent.find('"', at) - at);
                }
                // Anthropic's clients take the empty object that the block begins with.
                BOOST_TEST((arguments == "{}" || (facade == "anthropic" && arguments.empty())), sent);
                BOOST_TEST(sent.find(R"("now")") != std::string::npos);
            }
        }
}

BOOST_AUTO_TEST_CASE(half_of_a_surrogate_pair_is_one_character_in_each_stream) {
    std::vector<std::pair<std::string_view, std::vector<std::pair<std::string_view, std::string>>>> streams;
    const auto text = [](std::string_view words) { return openai_chunk(R"({"content":")" + std::string(words) + "\"}"); };
    streams.emplace_back("openai", each_facade<openai_chat>(text("a\\ud83d") + text("\\ude00z") + openai_chunk("{}", "\"stop\"") +
                                                            "data: [DONE]\n\n"));
    const auto delta = [](std::string_view words) {
        return claude_event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":")" + std::string(words) + "\"}");
    };
    streams.emplace_back("anthropic", each_facade<anthropic_messages>(
                                          claude_begin + claude_event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})") +
                                          delta("a\\ud83d") + delta("\\ude00z") +
                                          claude_event("content_block_stop", R"(,"index":0)") + claude_end("end_turn")));
    streams.emplace_back("gemini", each_facade<gemini_generate>(gemini_chunk(R"({"text":"a\ud83d"})") +
                                                                gemini_chunk(R"({"text":"\ude00z"})", R"(,"finishReason":"STOP")")));
    const auto piece = [](std::string_view words) {
        return claude_event("content-delta", R"(,"index":0,"delta":{"message":{"content":{"text":")" + std::string(words) + "\"}}}");
    };
    streams.emplace_back("cohere", each_facade<cohere_chat>(piece("a\\ud83d") + piece("\\ude00z") +
                                                            claude_event("message-end", R"(,"delta":{"finish_reason":"COMPLETE"})")));
    streams.emplace_back("ollama", each_facade<ollama_chat>("{\"message\":{\"content\":\"a\\ud83d\"}}\n{\"message\":{\"content\":\"\\ude00z\"},"
        "\"done\":true}\n"));
    using bedrock_test::event;
    streams.emplace_back("bedrock", each_facade<bedrock_converse>(
                                        event("messageStart", R"({"role":"assistant"})") +
                                        event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"a\ud83d"}})") +
                                        event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"\ude00z"}})") +
                                        event("contentBlockStop", R"({"contentBlockIndex":0})") + event("messageStop", R"({"stopReason":"end_turn"})")));
    for (const auto& [from, facades] : streams)
        for (const auto& [facade, sent] : facades)
            BOOST_TEST_CONTEXT(from << " to " << facade) {
                BOOST_TEST(sent.find("a\xEF\xBF\xBD\"") != std::string::npos, sent);
                BOOST_TEST(sent.find("\"\xEF\xBF\xBDz") != std::string::npos, sent);
            }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace field_matrix_unit
