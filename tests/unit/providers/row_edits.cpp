// SPDX-License-Identifier: BSL-1.0
// What a vendor's row does to the bytes of a request.
#include <llmx/core/chat.hpp>
#include <llmx/core/embeddings.hpp>
#include <llmx/providers/row_edits.hpp>
#include <llmx/wire/body_pieces.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

namespace row_edits_unit {

using namespace llmx;

namespace {

constexpr std::array<member_edit, 3> some_edits = {limit_member("max_tokens", 8192, "8192"),
                                                   map_member("tool_choice", "\"required\"", "\"any\""),
                                                   allow_values("tool_choice", "\"auto\" \"any\"")};
constexpr std::array<std::string_view, 5> refused = {"response_format", "user", "metadata", "seed", "tools"};
constexpr vendor_row older = {.name = "older", .limit = token_limit_name::max_tokens, .edits = some_edits, .refuses = refused};
constexpr vendor_row newer = {.name = "newer", .limit = token_limit_name::max_completion_tokens};
constexpr std::array<member_edit, 1> renames = {rename_member("seed", "random_seed")};
constexpr vendor_row nine = {.name = "nine", .call_id_length = 9};
constexpr vendor_row renaming = {.name = "renaming", .edits = renames};
constexpr std::array<member_edit, 2> exchanges = {
    exchange_member("reasoning_effort", "\"none\"", "thinking", R"({"type":"disabled"})"),
    exchange_member("reasoning_effort", "\"low\" \"high\"", "thinking", R"({"type":"enabled"})")};
constexpr vendor_row exchanging = {.name = "exchanging", .edits = exchanges};
constexpr vendor_row texts = {.name = "texts", .text_content = true};
constexpr std::array<member_edit, 2> of_embeddings = {rename_member("dimensions", "output_dimension"),
                                                      allow_values("encoding_format", "\"base64\"")};
constexpr vendor_row embedding = {.name = "embedding", .limit = token_limit_name::max_tokens, .embedding_edits = of_embeddings, .refuses = refused};

/// The request that is sent, and what is reported: "!" is lost.
std::string sent(const vendor_row& row, std::string_view body, const operation_info& op = chat::info) {
    splice_list edits;
    drop_report drops;
    const member_spans unknown;
    BOOST_REQUIRE(apply_row(row, op, written_by::caller, body, unknown, edits, drops).has_value());
    body_pieces pieces;
    edits.apply(body, pieces);
    std::string out;
    for (const std::string_view piece : pieces) out += piece;
    for (const auto& e : drops.entries()) out += " " + e.at.text() + (e.hint ? "?" : "!");
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(providers_row_edits)

BOOST_AUTO_TEST_CASE(edits_of_one_member_follow_each_other) {
    BOOST_TEST(sent(older, R"({"max_completion_tokens":99999})") == R"({"max_tokens":8192} max_completion_tokens?)");
    BOOST_TEST(sent(older, R"({"max_tokens":99999})") == R"({"max_tokens":8192} max_tokens?)");
    BOOST_TEST(sent(older, R"({"max_completion_tokens":5})") == R"({"max_tokens":5})");
    BOOST_TEST(sent(older, R"({"tool_choice":"required"})") == R"({"tool_choice":"any"})");
    BOOST_TEST(sent(older, R"({"tool_choice":"none"})") == R"({} tool_choice!)");
}

BOOST_AUTO_TEST_CASE(a_null_does_not_stand_for_a_limit) {
    BOOST_TEST(sent(newer, R"({"max_tokens":5,"max_completion_tokens":null})") == R"({"max_completion_tokens":5})");
    BOOST_TEST(sent(newer, R"({"max_completion_tokens":null,"max_tokens":5})") == R"({"max_completion_tokens":5})");
    BOOST_TEST(sent(newer, R"({"max_tokens":5,"max_completion_tokens":6})") == R"({"max_completion_tokens":6})");
    BOOST_TEST(sent(newer, R"({"max_completion_tokens":null})") == R"({"max_completion_tokens":null})");
}

BOOST_AUTO_TEST_CASE(what_means_nothing_is_a_hint_however_it_is_written) {
    BOOST_TEST(sent(older, R"({"response_format": {"type": "text"}})") == R"({} response_format?)");
    BOOST_TEST(sent(older, R"({"tools":[ ]})") == R"({} tools?)");
    BOOST_TEST(sent(older, R"({"user":"u","metadata":{"a":"b"}})") == R"({} user? metadata?)");
    BOOST_TEST(sent(older, R"({"response_format":{"type":"json_object"}})") == R"({} response_format!)");
}

BOOST_AUTO_TEST_CASE(ids_of_calls_have_the_vendors_length_and_the_same_in_every_request) {
    const auto body = [](std::string_view id, std::string_view other) {
        std::string text = R"({"messages":[{"role":"assistant","content":"id","tool_calls":[ {"id":")";
        text.append(id).append(R"(","function":{"name":"id","arguments":"{\"id\":1}"}},{"function":{},"id":")").append(other);
        text.append(R"("}]},{"role":"tool","tool_call_id": ")").append(id).append(R"(","content":"r"},7]})");
        return text;
    };
    // Nine letters and digits stay as they are.
    BOOST_TEST(sent(nine, body("abcDEF123", "xyz456789")) == body("abcDEF123", "xyz456789"));
    const std::string once = sent(nine, body("call_1", "call_2"));
    BOOST_TEST(once == sent(nine, body("call_1", "call_2")));
    const std::size_t at = once.find(R"("id":")") + 6;
    const std::string first = once.substr(at, 9), second = once.substr(once.rfind(R"("id":")") + 6, 9);
    BOOST_TEST(once == body(first, second));
    BOOST_TEST(first != second);
    for (const std::string_view odd : {"", "toolu_01ABC", "functions.f:0", "\\u00e9", "123456-89", "1234567890"}) {
        const std::string fitted = sent(nine, body(odd, "abcDEF123")).substr(at, 9);
        BOOST_TEST_CONTEXT(odd) BOOST_TEST(sent(nine, body(odd, "abcDEF123")) == body(fitted, "abcDEF123"));
        BOOST_TEST(fitted.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == std::string::npos);
    }
    // What is no list of messages stays as it is, and so do other vendors' requests.
    for (const std::string_view odd : {R"({"messages":{"tool_call_id":"call_1"}})", R"({"messages":[{"tool_calls":{"id":"call_1"}}]})",
                                       R"({"messages":[{"tool_call_id":null}],"tool_call_id":"call_1"})"})
        BOOST_TEST(sent(nine, odd) == odd);
    BOOST_TEST(sent(newer, body("call_1", "call_2")) == body("call_1", "call_2"));
}

BOOST_AUTO_TEST_CASE(a_developer_is_the_system_at_every_vendor) {
    constexpr vendor_row plain = {.name = "plain"};
    BOOST_TEST(sent(plain, R"({"messages":[ {"role": "developer","content":"a"},{"content":"developer","role":"developer"},)"
                           R"({"role":"user","content":"\"developer\""}]})") ==
               R"({"messages":[ {"role": "system","content":"a"},{"content":"developer","role":"system"},)"
               R"({"role":"user","content":"\"developer\""}]})");
    BOOST_TEST(sent(texts, R"({"messages":[{"role":"developer","content":[{"type":"text","text":"a"}]}]})") ==
               R"({"messages":[{"role":"system","content":"a"}]})");
    for (const std::string_view same : {R"({"messages":["developer",{"role":["developer"]},{"role":"user","name":"developer"}]})",
                                        R"({"messages":"developer"})", R"({"messages":[{"role":"user","content":"hi","name":"ann"}]})"})
        BOOST_TEST(sent(plain, same) == same);
    BOOST_TEST(sent(plain, R"({"input":"developer"})", embeddings::info) == R"({"input":"developer"})");
}

BOOST_AUTO_TEST_CASE(what_gateways_add_to_answers_goes_to_no_other_vendor) {
    constexpr vendor_row plain = {.name = "plain"}, gateway = {.name = "gateway", .messages = gateway_messages};
    static constexpr std::string_view refuses[] = {"reasoning_content", "refusal"};
    constexpr vendor_row strict = {.name = "strict", .messages = {.gateway_members = false, .refuses = refuses}};
    const std::string body = R"({"tools":[{"type":"function","function":{"name":"f","cache_control":{}},"cache_control":{"type":"ephemeral"}}],)"
                             R"("messages":[{"role":"user","content":[{"type":"text","text":"cache_control","cache_control":{"a":1}},"x"]},)"
                             R"({"role":"assistant","refusal":null,"thinking_blocks":[{"type":"thinking"}],"content":"b","reasoning_content":"hm",)"
                             R"("provider_specific_fields":null,"tool_calls":[{"id":"i","extra_content":{"google":{}},"function":{"name":"f"}}]}]})";
    BOOST_TEST(sent(gateway, body) == body);
    const std::string tools = R"({"tools":[{"type":"function","function":{"name":"f"}}],)"
                              R"("messages":[{"role":"user","content":[{"type":"text","text":"cache_control"},"x"]},)";
    const std::string hints = " tools[0].function.cache_control? tools[0].cache_control? messages[0].content[0].cache_control? messages[1].thinking_blocks?";
    BOOST_TEST(sent(plain, body) == tools + R"({"role":"assistant","refusal":null,"content":"b","reasoning_content":"hm",)"
                                            R"("tool_calls":[{"id":"i","function":{"name":"f"}}]}]})" + hints + " messages[1].tool_calls[0].extra_content?");
    BOOST_TEST(sent(strict, body) == tools + R"({"role":"assistant","content":"b","tool_calls":[{"id":"i","function":{"name":"f"}}]}]})" + hints +
                                         " messages[1].reasoning_content? messages[1].tool_calls[0].extra_content?");
    for (const std::string_view same : {R"({"messages":[{"role":"user","content":"thinking_blocks"}],"cache_control":{"type":"ephemeral"}})",
                                        R"({"messages":["cache_control",["extra_content"]]})", R"({"tools":"cache_control"})"})
        BOOST_TEST(sent(plain, same) == same);
}

BOOST_AUTO_TEST_CASE(names_of_messages_are_left_out_where_results_alone_have_them) {
    constexpr vendor_row nameless = {.name = "nameless", .messages = {.developer_role = false, .names = false}};
    BOOST_TEST(sent(nameless, R"({"messages":[{"role":"developer","name":"d","content":"a"},{"name":null,"role":"user","content":"b"},)"
                              R"({"role":"user","content":"c", "name" : "e\"f" },{"role":"tool","name":"g","content":"h"},{"name":"i"}]})") ==
               R"({"messages":[{"role":"system","content":"a"},{"role":"user","content":"b"},)"
               R"({"role":"user","content":"c" },{"role":"tool","name":"g","content":"h"},{}]} messages[0].name? messages[2].name? messages[4].name?)");
}

BOOST_AUTO_TEST_CASE(a_member_given_many_times_is_looked_for_once) {
    // Each look goes over the whole body: once per member it would take minutes.
    std::string body = "{";
    for (int i = 0; i < 100'000; ++i) body += R"("seed":1,)";
    body += R"("n":1})";
    BOOST_TEST(sent(renaming, body).starts_with(R"({"random_seed":1,"random_seed":1,)"));
}

BOOST_AUTO_TEST_CASE(a_member_is_exchanged_for_another_one) {
    BOOST_TEST(sent(exchanging, R"({"reasoning_effort":"none"})") == R"({"thinking":{"type":"disabled"}})");
    BOOST_TEST(sent(exchanging, R"({"n":1,"reasoning_effort" : "high"})") == R"({"n":1,"thinking" : {"type":"enabled"}})");
    BOOST_TEST(sent(exchanging, R"({"reasoning_effort":"ultra"})") == R"({"reasoning_effort":"ultra"})");
    BOOST_TEST(sent(exchanging, R"({"reasoning_effort":null})") == R"({"reasoning_effort":null})");
    // The caller's own is more exact.
    BOOST_TEST(sent(exchanging, R"({"thinking":{"type":"auto"},"reasoning_effort":"low"})") == R"({"thinking":{"type":"auto"}} reasoning_effort?)");
}

BOOST_AUTO_TEST_CASE(a_list_of_texts_becomes_one_string) {
    const auto content = [](const std::string& text) {
        const std::string before = R"({"messages":[{"role":"system","content":"s"},{"content":)", after = R"(,"role":"user"}]})";
        std::string out = sent(texts, before + text + after);
        BOOST_REQUIRE(out.starts_with(before));
        return out.replace(0, before.size(), "").replace(out.find(after), after.size(), "");
    };
    BOOST_TEST(content(R"([{"type":"text","text":"a\n\u00e9"},{"text":"b","type":"text"}])") == R"("a\n\u00e9b")");
    BOOST_TEST(content(R"("plain")") == R"("plain")");
    BOOST_TEST(content(R"([ { "type" : "text" , "text" : "" } ])") == R"("")");
    for (const char* const kept : {"[]", "null", R"([{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}])", R"([{"type":"text"}])",
                                   R"([{"text":"a"}])", R"(["a"])", R"([{"type":"text","text":7}])", R"([{"type":"text","text":"a" "b"}])"})
        BOOST_TEST(content(kept) == kept);
    BOOST_TEST(content(R"([{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}])") ==
               R"("a" messages[1].content[0].cache_control?)");
    BOOST_TEST(sent(texts, R"({"messages":7})") == R"({"messages":7})");
    BOOST_TEST(sent(texts, R"({"messages":[7,{"content":[{"type":"text","text":"a"}]}]})") == R"({"messages":[7,{"content":"a"}]})");
}

BOOST_AUTO_TEST_CASE(requests_for_embeddings_have_edits_of_their_own) {
    BOOST_TEST(sent(embedding, R"({"dimensions":3,"user":"u","max_completion_tokens":1})", embeddings::info) ==
               R"({"output_dimension":3,"user":"u","max_completion_tokens":1})");
    BOOST_TEST(sent(embedding, R"({"encoding_format":"base64"})", embeddings::info) == R"({"encoding_format":"base64"})");
    BOOST_TEST(sent(embedding, R"({"encoding_format":"float"})", embeddings::info) == R"({} encoding_format?)");
    BOOST_TEST(sent(embedding, R"({"encoding_format":"odd"})", embeddings::info) == R"({} encoding_format!)");
    BOOST_TEST(sent(embedding, R"({"dimensions":3})") == R"({"dimensions":3})");
    BOOST_TEST(sent(older, R"({"user":"u"})", embeddings::info) == R"({"user":"u"})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace row_edits_unit
