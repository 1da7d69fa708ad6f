// SPDX-License-Identifier: BSL-1.0
// Files: kept by the gateway or by a vendor, and whose they are.
#include "resources.hpp"

#if !defined(LLMX_NO_TLS)
namespace files_unit {

using namespace llmx;
using namespace server_test::resource_cases;
using server_test::answer;

BOOST_AUTO_TEST_SUITE(server_files)

BOOST_AUTO_TEST_CASE(a_file_of_a_batch_is_kept_by_the_gateway) {
    keeping k;
    const std::string bytes = "line one\nline \xc3\xa9 two\r\n\r\n--cogus\n";
    const answer up = k.upload(bytes, "batch");
    BOOST_REQUIRE_MESSAGE(up.status == 200, up.body);
    const std::string id = k.text(up, "id");
    BOOST_TEST(id.starts_with("file-llmx"));
    BOOST_TEST(k.text(up, "object") == "file");
    BOOST_TEST(k.text(up, "filename") == "lines.jsonl");
    BOOST_TEST(up.json().at("bytes").as_int64() == static_cast<std::int64_t>(bytes.size()));
    BOOST_TEST(k.get("/v1/files/" + id).body == up.body);
    BOOST_TEST(k.get("/files/" + id).status == 200);
    const answer content = k.get("/v1/files/" + id + "/content");
    BOOST_TEST(content.body == bytes);
    BOOST_TEST(content.field("content-type") == "application/octet-stream");
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().size() == 1u);
    BOOST_TEST(k.get("/v1/files?purpose=assistants").json().at("data").as_array().empty());
    const answer gone = k.remove("/v1/files/" + id);
    BOOST_TEST(gone.json().at("deleted").as_bool());
    for (const std::string path : {"", "/content"}) BOOST_TEST(k.get("/v1/files/" + id + path).status == 404);
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().empty());
    BOOST_TEST(k.network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(another_callers_file_is_not_found) {
    keeping k;
    const std::string id = k.text(k.upload("x", "batch"), "id");
    for (const std::string who : {"other", "limited"}) {
        BOOST_TEST(k.get("/v1/files/" + id, who).status == 404);
        BOOST_TEST(k.get("/v1/files/" + id + "/content", who).status == 404);
        BOOST_TEST(k.remove("/v1/files/" + id, who).status == 404);
        BOOST_TEST(k.get("/v1/files", who).json().at("data").as_array().empty());
    }
    BOOST_TEST(k.get("/v1/files/" + id).status == 200);
    BOOST_TEST(k.get("/v1/files/file-made-up").status == 404);
    BOOST_TEST(k.get("/v1/files/" + id, "nobody").status == 401);
}

BOOST_AUTO_TEST_CASE(a_list_has_pages) {
    keeping k;
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(k.text(k.upload("x" + std::to_string(i), "batch"), "id"));
    const auto first = k.get("/v1/files?limit=2").json();
    BOOST_TEST(first.at("has_more").as_bool());
    BOOST_TEST(first.at("first_id").as_string() == ids[4]);
    BOOST_TEST(first.at("last_id").as_string() == ids[3]);
    const auto last = k.get("/v1/files?limit=4&after=" + ids[3]).json();
    BOOST_TEST(!last.at("has_more").as_bool());
    BOOST_TEST(last.at("data").as_array().size() == 3u);
    BOOST_TEST(k.get("/v1/files?order=asc&limit=1").json().at("first_id").as_string() == ids[0]);
    for (const char* const wrong : {"limit=0", "limit=x", "limit=10001", "limit=-1"}) BOOST_TEST(k.get(std::string("/v1/files?") + wrong).status == 400, wrong);
    BOOST_TEST(k.get("/v1/files?after=nothing").status == 404);
}

BOOST_AUTO_TEST_CASE(a_form_that_is_no_upload_is_refused_and_leaves_nothing) {
    keeping k;
    k.network.reply_always(500, "{}");
    BOOST_TEST(k.upload("", "batch").status == 400);
    BOOST_TEST(k.upload("x", "").status == 400);
    BOOST_TEST(k.upload("x", "not one word").status == 400);
    BOOST_TEST(k.post("/v1/files", "{}").status == 415);
    const std::string two = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"2\"\r\n\r\ny\r\n";
    BOOST_TEST(k.upload("x", "batch", "team", two).status == 400);
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().empty());
    cancellation go;
    BOOST_TEST(testing::run(k.store->blobs().list("files/", "", 10, go)).value().empty());
}

BOOST_AUTO_TEST_CASE(sizes_and_numbers_are_bounded) {
    keeping k(nullptr, [](resource_options& r) {
        r.max_file_bytes = 10;
        r.max_records = 2;
    });
    BOOST_TEST(k.upload(std::string(11, 'x'), "batch").status == 413);
    BOOST_TEST(k.upload(std::string(10, 'x'), "batch").status == 200);
    BOOST_TEST(k.upload("y", "batch").status == 200);
    BOOST_TEST(k.upload("z", "batch").status == 429);
    BOOST_TEST(k.upload("z", "batch", "other").status == 200);
}

BOOST_AUTO_TEST_CASE(a_file_for_a_vendor_goes_there_and_its_id_leads_back) {
    keeping k;
    k.network.reply(200, R"({"id":"file-abc","object":"file","bytes":3,"created_at":7,"filename":"lines.jsonl","purpose":"assistants","status":"processed"})")
        .field("content-type", "application/json");
    const answer up = k.upload("xyz", "assistants");
    BOOST_REQUIRE_MESSAGE(up.status == 200, up.body);
    const std::string id = k.text(up, "id");
    BOOST_TEST(id.starts_with("file-llmx"));
    BOOST_TEST(up.json().at("created_at").as_int64() == 7);
    k.network.reply(200, R"({ "id": "file-abc", "object":"file" })").field("content-type", "application/json");
    BOOST_TEST(k.get("/v1/files/" + id).body == "{ \"id\": \"" + id + "\", \"object\":\"file\" }");
    k.network.reply(200, "xyz").field("content-type", "text/plain");
    const answer content = k.get("/v1/files/" + id + "/content");
    BOOST_TEST(content.body == "xyz");
    BOOST_TEST(content.field("content-type") == "text/plain");
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().size() == 1u);
    BOOST_TEST(k.get("/v1/files/" + id, "other").status == 404);
    k.network.reply(200, R"({"id":"file-abc","object":"file","deleted":true})").field("content-type", "application/json");
    BOOST_TEST(k.text(k.remove("/v1/files/" + id), "id") == id);
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().empty());
    k.network.reply(404, R"({"error":{"message":"No such File object: file-abc"}})").field("content-type", "application/json");
    BOOST_TEST(k.get("/v1/files/" + id).status == 404);
    k.finish();
    const auto& sent = k.network.requests();
    BOOST_REQUIRE_EQUAL(sent.size(), 5u);
    BOOST_TEST(sent[0].method == "POST");
    BOOST_TEST(sent[0].to.host == "api.openai.test");
    BOOST_TEST(sent[0].target == "/v1/files");
    BOOST_TEST(sent[0].fields.find("Bearer sk-vendor-openai") != std::string::npos);
    BOOST_TEST(sent[0].fields.find("sk-team") == std::string::npos);
    BOOST_TEST(sent[0].body.find("name=\"purpose\"\r\n\r\nassistants\r\n") != std::string::npos);
    BOOST_TEST(sent[0].body.find("filename=\"lines.jsonl\"") != std::string::npos);
    BOOST_TEST(sent[0].body.find("\r\n\r\nxyz\r\n") != std::string::npos);
    BOOST_TEST(sent[1].target == "/v1/files/file-abc");
    BOOST_TEST(sent[2].target == "/v1/files/file-abc/content");
    BOOST_TEST(sent[3].method == "DELETE");
    cancellation go;
    BOOST_TEST(testing::run(k.store->blobs().list("files/", "", 10, go)).value().empty());
}

BOOST_AUTO_TEST_CASE(a_vendor_that_refuses_a_file_is_quoted) {
    keeping k;
    k.network.reply(400, R"({"error":{"message":"Invalid file format"}})").field("content-type", "application/json");
    const answer up = k.upload("xyz", "fine-tune");
    BOOST_TEST(up.status == 400);
    BOOST_TEST(up.body.find("Invalid file format") != std::string::npos);
    BOOST_TEST(k.get("/v1/files").json().at("data").as_array().empty());
}

BOOST_AUTO_TEST_CASE(a_limited_key_names_its_model) {
    keeping k;
    BOOST_TEST(k.upload("x", "assistants", "limited").status == 403);
    BOOST_TEST(k.upload("x", "assistants", "limited", "", "/v1/files?model=gpt").status == 403);
    BOOST_TEST(k.upload("x", "batch", "limited").status == 200);
    BOOST_TEST(k.network.calls() == 0u);
    k.network.reply(200, R"({"id":"file_011","type":"file","filename":"a","mime_type":"text/plain","size_bytes":1,"created_at":"2025-04-15T18:37:24Z"})")
        .field("content-type", "application/json");
    const answer up = k.upload("x", "user_data", "limited", "", "/v1/files?model=claude");
    BOOST_REQUIRE_MESSAGE(up.status == 200, up.body);
    BOOST_TEST(k.text(up, "id").starts_with("file_llmx"));
    BOOST_TEST(k.text(up, "object") == "file");
    k.finish();
    BOOST_TEST(k.network.requests().back().to.host == "api.anthropic.test");
    BOOST_TEST(k.network.requests().back().fields.find("files-api-2025-04-14") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(anthropics_callers_get_files_in_its_words) {
    keeping k;
    const std::string version = "anthropic-version: 2023-06-01\r\n";
    const answer up = k.upload("x", "batch", "team", "", "/v1/files", version);
    BOOST_REQUIRE_MESSAGE(up.status == 200, up.body);
    BOOST_TEST(k.text(up, "type") == "file");
    BOOST_TEST(k.text(up, "mime_type") == "application/jsonl");
    BOOST_TEST(up.json().at("size_bytes").as_int64() == 1);
    BOOST_TEST(k.text(up, "created_at").ends_with("Z"));
    const answer none = k.ask(server_test::get("/v1/files/file_made_up", keeping::fields_of("team") + version));
    BOOST_TEST(none.status == 404);
    BOOST_TEST(k.text(none, "type") == "error");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace files_unit
#endif
